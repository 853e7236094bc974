"""What both hooks do: run a check against the order service and tell whoever moves the traffic the verdict."""
import json
import logging

import boto3

functions = boto3.client("lambda")
deployments = boto3.client("codedeploy")


def request(function, method, path_parameters=None, body=None, query=None):
    """Calls the service as the API would; gives status and body."""
    event = {
        "httpMethod": method,
        "pathParameters": path_parameters,
        "queryStringParameters": query,
        "body": json.dumps(body) if body else None,
    }
    reply = functions.invoke(FunctionName=function, Payload=json.dumps(event).encode())
    payload = json.loads(reply["Payload"].read())
    if "FunctionError" in reply:
        raise RuntimeError(payload.get("errorMessage"))
    return payload["statusCode"], json.loads(payload["body"])


def report(event, check):
    """Runs the check; a failed one is the verdict Failed, never silence.

    plumb takes the answer; CodeDeploy, which waits for nobody's answer, is called.
    """
    status, reason = "Succeeded", ""
    try:
        check()
    except Exception as error:
        logging.exception("the check failed")
        status, reason = "Failed", repr(error)
    if "Plumb" in event:
        return {"status": status, "reason": reason}
    deployments.put_lifecycle_event_hook_execution_status(
        deploymentId=event["DeploymentId"],
        lifecycleEventHookExecutionId=event["LifecycleEventHookExecutionId"],
        status=status,
    )
    return None

"""Works the queue off: shipped orders from the topic, stopped ones from the rule on the state machine."""
import json
import logging
import os

import boto3

logging.getLogger().setLevel(os.environ["LOG_LEVEL"].upper().replace("WARN", "WARNING"))
table = boto3.resource("dynamodb").Table(os.environ["TABLE_NAME"])


def outcome(message):
    """(order, status) of a message; a stopped execution has the order in its input."""
    if "stateMachineArn" in message:
        return json.loads(message["input"])["orderId"], "failed"
    return message["orderId"], message["status"]


def handle(event, _context):
    failures = []
    for record in event["Records"]:
        try:
            order_id, status = outcome(json.loads(record["body"]))
            table.update_item(
                Key={"orderId": order_id},
                UpdateExpression="SET #status = :status",
                ConditionExpression="attribute_exists(orderId)",
                ExpressionAttributeNames={"#status": "status"},
                ExpressionAttributeValues={":status": status},
            )
            logging.info("%s is %s", order_id, status)
        except Exception:  # the queue gives it again, and in the end to the dead letters
            logging.exception("message %s", record["messageId"])
            failures.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failures}

"""Everything that an account of the order service holds, by other clients' eyes: to find doubles and orphans."""


def pages(client, operation, key, **arguments):
    found = []
    for page in client.get_paginator(operation).paginate(**arguments):
        found += page.get(key, [])
    return found


def survey(account, environment):
    """A sorted list of "kind name" lines; names that AWS makes up are left out."""
    client = lambda service: account.client(service, environment)
    lines = []
    add = lambda kind, names: lines.extend(f"{kind} {name}" for name in names)
    fn, iam, api = client("lambda"), client("iam"), client("apigateway")
    for function in pages(fn, "list_functions", "Functions"):
        name = function["FunctionName"]
        add("function", [name])
        add(f"{name} version", [v["Version"] for v in pages(fn, "list_versions_by_function", "Versions",
                                                            FunctionName=name)])
        add(f"{name} alias", [f"{a['Name']}={a['FunctionVersion']}" for a in
                              pages(fn, "list_aliases", "Aliases", FunctionName=name)])
    add("mapping", [m["EventSourceArn"] for m in pages(fn, "list_event_source_mappings", "EventSourceMappings")])
    for role in pages(iam, "list_roles", "Roles"):
        add("role", [role["RoleName"]])
        add(f"{role['RoleName']} inline", pages(iam, "list_role_policies", "PolicyNames",
                                                RoleName=role["RoleName"]))
    add("policy", [p["PolicyName"] for p in pages(iam, "list_policies", "Policies", Scope="Local")])
    add("table", pages(client("dynamodb"), "list_tables", "TableNames"))
    add("queue", client("sqs").list_queues().get("QueueUrls", []))
    add("topic", [t["TopicArn"] for t in pages(client("sns"), "list_topics", "Topics")])
    add("subscription", [f"{s['TopicArn']} {s['Endpoint']}" for s in
                         pages(client("sns"), "list_subscriptions", "Subscriptions")])
    add("rule", [r["Name"] for r in client("events").list_rules()["Rules"]])
    add("alarm", [a["AlarmName"] for a in pages(client("cloudwatch"), "describe_alarms", "MetricAlarms")])
    add("machine", [m["name"] for m in pages(client("stepfunctions"), "list_state_machines", "stateMachines")])
    add("bucket", [b["Name"] for b in client("s3").list_buckets()["Buckets"]])
    add("log group", [g["logGroupName"] for g in pages(client("logs"), "describe_log_groups", "logGroups")])
    for rest in pages(api, "get_rest_apis", "items"):
        add("api", [rest["name"]])
        add(f"{rest['name']} deployment", [d.get("description", "") for d in
                                           api.get_deployments(restApiId=rest["id"])["items"]])
        add(f"{rest['name']} stage", [s["stageName"] for s in api.get_stages(restApiId=rest["id"])["item"]])
    return sorted(lines)

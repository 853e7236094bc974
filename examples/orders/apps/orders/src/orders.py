"""The order service behind the API: POST /orders, GET /orders?customerId=, GET /orders/{orderId}."""
import json
import logging
import os
import time
import uuid
from datetime import datetime, timezone

import boto3
from boto3.dynamodb.conditions import Key

logging.getLogger().setLevel(os.environ["LOG_LEVEL"].upper().replace("WARN", "WARNING"))
table = boto3.resource("dynamodb").Table(os.environ["TABLE_NAME"])
bucket = boto3.resource("s3").Bucket(os.environ["BUCKET_NAME"])
states = boto3.client("stepfunctions")

DAY = 24 * 60 * 60


def answer(status, body):
    return {
        "statusCode": status,
        "headers": {"Content-Type": "application/json"},
        "body": json.dumps(body, default=str),
    }


def place(event):
    try:
        wanted = json.loads(event.get("body") or "")
        customer, items = wanted["customerId"], wanted["items"]
    except (ValueError, KeyError, TypeError):
        return answer(400, {"message": "an order needs customerId and items"})
    order = {
        "orderId": str(uuid.uuid4()),
        "customerId": str(customer),
        "placedAt": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "status": "placed",
        "expiresAt": int(time.time()) + int(os.environ["ORDER_DAYS"]) * DAY,
    }
    paper = json.dumps({**order, "items": items})
    bucket.put_object(Key=f"{order['orderId']}.json", Body=paper.encode(), ContentType="application/json")
    table.put_item(Item=order, ConditionExpression="attribute_not_exists(orderId)")
    states.start_execution(
        stateMachineArn=os.environ["STATE_MACHINE_ARN"],
        name=order["orderId"],  # the same order is never worked off twice
        input=json.dumps({"orderId": order["orderId"]}),
    )
    logging.info("placed %s", order["orderId"])
    return answer(201, order)


def show(order_id):
    order = table.get_item(Key={"orderId": order_id}).get("Item")
    return answer(200, order) if order else answer(404, {"message": "no such order"})


def list_of(customer):
    if not customer:
        return answer(400, {"message": "customerId is needed"})
    found = table.query(
        IndexName="ByCustomer",
        KeyConditionExpression=Key("customerId").eq(customer),
        ScanIndexForward=False,
        Limit=50,
    )
    return answer(200, {"orders": found["Items"]})


def handle(event, _context):
    if event["httpMethod"] == "POST":
        return place(event)
    order_id = (event.get("pathParameters") or {}).get("orderId")
    if order_id:
        return show(order_id)
    return list_of((event.get("queryStringParameters") or {}).get("customerId"))

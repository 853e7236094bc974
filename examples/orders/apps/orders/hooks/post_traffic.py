"""After traffic: an order that is placed can be read."""
import os

from verdict import report, request


def check():
    alias = os.environ["LIVE_ALIAS"]
    status, order = request(alias, "POST", body={"customerId": "deployment-check", "items": []})
    assert status == 201, status
    status, _ = request(alias, "GET", path_parameters={"orderId": order["orderId"]})
    assert status == 200, status


def handle(event, _context):
    return report(event, check)

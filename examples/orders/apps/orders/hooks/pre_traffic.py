"""Before traffic: the new version must answer, without writing anything."""
import os

from verdict import report, request


def check():
    status, _ = request(os.environ["NEW_VERSION"], "GET", path_parameters={"orderId": "no-such-order"})
    assert status == 404, status


def handle(event, _context):
    return report(event, check)

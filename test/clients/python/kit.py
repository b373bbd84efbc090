"""What the cases of all clients share."""

import time
import urllib.request
from dataclasses import dataclass
from functools import cache
from typing import Callable

from pydantic import BaseModel

PNG_BASE64 = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
PNG_URL = f"data:image/png;base64,{PNG_BASE64}"
SEEN = "Received 1: image image/png, 70 bytes."

CITY_PARAMETERS = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}

class City(BaseModel):
    city: str
    people: int


UNMODIFIED = "Earlier reasoning came back unmodified."


@dataclass(frozen=True)
class Gateway:
    upstream: str
    url: str
    key: str


def equal(got: object, wanted: object) -> None:
    assert got == wanted, f"got {got!r}, wanted {wanted!r}"


def raises(kind: type[Exception], call: Callable[[], object]) -> Exception:
    try:
        call()
    except kind as error:
        return error
    raise AssertionError(f"{kind.__name__} was due")


def wait_until_idle(gateway: Gateway) -> None:
    """The gateway notices who left: an answer of ten seconds runs no more within one."""
    until = time.monotonic() + 1
    while time.monotonic() < until:
        with urllib.request.urlopen(f"{gateway.url}/metrics") as answer:
            if "signalbox_exchanges_running 0\n" in answer.read().decode():
                return
        time.sleep(0.01)
    raise AssertionError("the exchange still runs")


def clients(package, kind, path: str):
    """One client a gateway, its own checks of every answer switched on."""
    # One for all: each of its own would read the machine's certificates again.
    http = package.DefaultHttpxClient()

    @cache
    def client_of(gateway: Gateway):
        return kind(
            base_url=f"{gateway.url}{path}",
            api_key=gateway.key,
            max_retries=0,
            http_client=http,
            _strict_response_validation=True,
        )

    return client_of

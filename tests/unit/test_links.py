import httpx
import pytest

from bot.commands.links import Fault, find_faults


def site(request: httpx.Request) -> httpx.Response:
    path = request.url.path
    if request.url.host == "down.example":
        raise httpx.ConnectError("no such host", request=request)
    if path == "/moved":
        return httpx.Response(301, headers={"location": "/here"})
    if path == "/dropped":
        return httpx.Response(302, headers={"location": "/"})
    return httpx.Response({"/gone": 404, "/withdrawn": 410, "/wary": 403}.get(path, 200))


@pytest.mark.parametrize(
    ("address", "says", "gone"),
    [
        ("https://a.example/gone", "is gone (404)", True),
        ("https://a.example/withdrawn", "is gone (410)", True),
        ("https://a.example/wary", "answered 403", False),
        ("https://a.example/dropped", "now leads to https://a.example/", False),
        ("https://a.example:port/x", "cannot be reached (InvalidURL)", False),
        ("https://down.example/x", "cannot be reached (ConnectError)", False),
    ],
)
async def test_a_bad_address_is_told_with_its_reason(address: str, says: str, gone: bool) -> None:
    async with httpx.AsyncClient(
        transport=httpx.MockTransport(site), follow_redirects=True
    ) as client:
        (fault,) = await find_faults(client, [address, "https://a.example/here"])
    assert (fault.address, fault.gone) == (address, gone)
    assert says in fault.reason


async def test_a_good_address_has_no_fault_wherever_it_moved() -> None:
    async with httpx.AsyncClient(
        transport=httpx.MockTransport(site), follow_redirects=True
    ) as client:
        kept = ["https://a.example/", "https://a.example/here", "https://a.example/moved"]
        assert await find_faults(client, kept) == []


async def test_faults_come_in_the_order_of_the_addresses() -> None:
    addresses = [f"https://{name}.example/gone" for name in "dcba"]
    async with httpx.AsyncClient(transport=httpx.MockTransport(site)) as client:
        faults = await find_faults(client, addresses)
    assert faults == [Fault(address, "is gone (404)", gone=True) for address in addresses]

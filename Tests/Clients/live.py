"""Live events reach the stock client of Socket.IO over both transports, and a WebSocket that resumes by number."""

import asyncio
import json

import socketio
import websockets

from served import ask, base, expect, key, token

own = {"x-api-key": key}
address = base.replace("http", "ws", 1)


def make(name):
    return ask("POST", "/api/v1/campaigns", {"name": name}, own)[1]["data"]["id"]


async def over_socket_io(transports):
    client = socketio.AsyncClient(reconnection=False)
    heard = asyncio.Queue()
    client.on("*", lambda name, data: heard.put_nowait((name, data)))
    await client.connect(base, auth={"token": token()}, transports=transports, wait_timeout=60)
    wanted = transports[-1]
    for _ in range(600):
        if client.transport() == wanted:
            break
        await asyncio.sleep(0.1)
    expect(f"the transport of {transports}", client.transport(), wanted)
    await asyncio.to_thread(make, "Heard")
    name, data = await asyncio.wait_for(heard.get(), 60)
    expect(f"an event over {transports}", (name, isinstance(data["seq"], int)), ("campaign:created", True))
    await client.disconnect()

    stranger = socketio.AsyncClient(reconnection=False)
    try:
        await stranger.connect(base, auth={"token": "none"}, transports=transports, wait_timeout=60)
        expect("a stranger", "connected", "refused")
    except socketio.exceptions.ConnectionError:
        print(f"a stranger over {transports}: refused")
    await stranger.disconnect()


async def frames(socket, count):
    return [json.loads(await asyncio.wait_for(socket.recv(), 60)) for _ in range(count)]


async def over_websocket():
    fields = {"Authorization": "Bearer " + token()}
    async with websockets.connect(address + "/ws", additional_headers=fields) as socket:
        await socket.send(json.dumps({"event": "ping", "data": {}}))
        await asyncio.to_thread(make, "First")
        while True:
            first = (await frames(socket, 1))[0]
            if first.get("seq") is not None:
                break
    for name in "Second", "Third":
        await asyncio.to_thread(make, name)
    # What happened while nobody listened comes first, without a gap and without a repeat.
    async with websockets.connect(f"{address}/ws?after={first['seq']}", additional_headers=fields) as socket:
        numbers = []
        while len(numbers) < 2:
            frame = (await frames(socket, 1))[0]
            if frame.get("seq") is not None:
                numbers.append(frame["seq"])
        expect("what was missed", numbers, [first["seq"] + 1, first["seq"] + 2])
    try:
        async with websockets.connect(address + "/ws", additional_headers={"Authorization": "Bearer x"}) as socket:
            await socket.recv()
        expect("a stranger", "heard", "refused")
    except (websockets.InvalidStatus, websockets.ConnectionClosed):
        print("a stranger over /ws: refused")


async def over_sockets_that_say_nothing():
    status, opening = await asyncio.to_thread(ask, "GET", "/socket.io/?EIO=4&transport=polling")
    place = f"{address}/socket.io/?EIO=4&transport=websocket&sid={json.loads(opening[1:])['sid']}"
    async with websockets.connect(place) as first, websockets.connect(place) as second:
        for name, socket in ("a second WebSocket of a session", second), ("one that says nothing", first):
            try:
                await asyncio.wait_for(socket.recv(), 30)
                expect(name, "heard", "closed")
            except websockets.ConnectionClosed as closed:
                expect(name, closed.rcvd.code, 1008)


async def main():
    silence = asyncio.create_task(over_sockets_that_say_nothing())
    await over_socket_io(["polling"])
    await over_socket_io(["websocket"])
    await over_socket_io(["polling", "websocket"])
    await over_websocket()
    await silence


asyncio.run(main())

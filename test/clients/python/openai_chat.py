"""The `openai` package's chat completions, unmodified, its own checks of every answer switched on."""

import openai

from kit import CITY_PARAMETERS, PNG_URL, SEEN, UNMODIFIED, City, Gateway, clients, equal, raises, wait_until_idle


def function(name: str) -> dict:
    return {"type": "function", "function": {"name": name, "parameters": CITY_PARAMETERS}}


client_of = clients(openai, openai.OpenAI, "/api/v1")


def say(text: str) -> list:
    return [{"role": "user", "content": text}]


def whole(gateway: Gateway) -> None:
    answer = client_of(gateway).chat.completions.create(
        model="sim/echo",
        messages=[{"role": "system", "content": "Be brief."}, *say("Good morning, señor 👋")],
        temperature=0.3,
    )
    equal(answer.choices[0].message.content, "Good morning, señor 👋")
    equal(answer.choices[0].finish_reason, "stop")
    equal(answer.model_extra["provider"], "Sim")
    assert answer.usage.model_extra["cost"] > 0


def stream(gateway: Gateway) -> None:
    client = client_of(gateway)
    pieces, usage = [], None
    for chunk in client.chat.completions.create(model="sim/echo", messages=say("one two three four"), stream=True):
        if chunk.choices and chunk.choices[0].delta.content:
            pieces.append(chunk.choices[0].delta.content)
        usage = chunk.usage or usage
    equal("".join(pieces), "one two three four")
    assert len(pieces) > 1 and usage.completion_tokens > 0

    deltas = []
    with client.chat.completions.stream(model="sim/echo", messages=say("one two three four")) as events:
        for event in events:
            if event.type == "content.delta":
                deltas.append(event.delta)
        final = events.get_final_completion()
    equal("".join(deltas), "one two three four")
    equal(final.choices[0].message.content, "one two three four")
    equal(final.choices[0].finish_reason, "stop")
    equal(final.usage.total_tokens, usage.total_tokens)


def tools(gateway: Gateway) -> None:
    client = client_of(gateway)
    request = {"model": "sim/tools?calls=2", "tools": [function("get_weather"), function("get_time")]}
    question = say("Weather and time in Paris?")

    def results(calls: list) -> list:
        return [{"role": "tool", "tool_call_id": call.id, "content": f"{call.function.name} is fine"} for call in calls]

    first = client.chat.completions.create(messages=question, **request).choices[0]
    equal(first.finish_reason, "tool_calls")
    second = client.chat.completions.create(
        messages=[*question, first.message, *results(first.message.tool_calls)], **request
    )
    said = "get_weather answered: get_weather is fine\nget_time answered: get_time is fine"
    equal(second.choices[0].message.content, said)

    written = []
    with client.chat.completions.stream(messages=question, **request) as events:
        for event in events:
            if event.type == "tool_calls.function.arguments.done":
                written.append((event.name, event.arguments))
        message = events.get_final_completion().choices[0].message
    equal(sorted(name for name, _ in written), ["get_time", "get_weather"])
    equal(sorted(call.function.arguments for call in message.tool_calls), sorted(text for _, text in written))
    with client.chat.completions.stream(
        messages=[*question, message, *results(message.tool_calls)], **request
    ) as events:
        equal(events.get_final_completion().choices[0].message.content, said)


def structured_output(gateway: Gateway) -> None:
    client = client_of(gateway)
    request = {"model": "sim/json", "messages": say("A city"), "response_format": City}
    parsed = client.chat.completions.parse(**request).choices[0].message.parsed
    assert isinstance(parsed, City)
    with client.chat.completions.stream(**request) as events:
        equal(events.get_final_completion().choices[0].message.parsed, parsed)


def image(gateway: Gateway) -> None:
    content = [{"type": "text", "text": "What is this?"}, {"type": "image_url", "image_url": {"url": PNG_URL}}]
    answer = client_of(gateway).chat.completions.create(
        model="sim/vision", messages=[{"role": "user", "content": content}]
    )
    equal(answer.choices[0].message.content, SEEN)


def reasoning(gateway: Gateway) -> None:
    client = client_of(gateway)
    request = {"model": "sim/reasoner", "max_tokens": 8000, "extra_body": {"reasoning": {"effort": "high"}}}
    question = say("Why is the sky blue?")
    message = client.chat.completions.create(messages=question, **request).choices[0].message
    assert "Why is the sky blue?" in message.model_extra["reasoning"]
    again = client.chat.completions.create(messages=[*question, message, *say("Again.")], **request)
    equal(again.choices[0].message.content, f"{UNMODIFIED} You said: Again.")

    with client.chat.completions.stream(messages=question, **request) as events:
        streamed = events.get_final_completion().choices[0].message
    equal(streamed.model_extra["reasoning"], message.model_extra["reasoning"])
    again = client.chat.completions.create(messages=[*question, streamed, *say("Again.")], **request)
    equal(again.choices[0].message.content, f"{UNMODIFIED} You said: Again.")


def error(gateway: Gateway) -> None:
    def ask(model: str, key: str = gateway.key):
        return client_of(gateway).with_options(api_key=key).chat.completions.create(model=model, messages=say("hi"))

    raises(openai.AuthenticationError, lambda: ask("sim/echo", "sk-or-v1-nobody"))
    assert "sim/echo" in raises(openai.BadRequestError, lambda: ask("sim/ecco")).message
    limited = raises(openai.RateLimitError, lambda: ask("sim/echo?status=429&retry_after=2"))
    equal(limited.response.headers["retry-after"], "2")
    raises(openai.InternalServerError, lambda: ask("sim/echo?status=500"))

    said = []
    for fault in ["error_after=2", "drop=4500"]:

        def read() -> None:
            model = f"sim/lorem?tokens=80&token_ms=1&{fault}"
            with client_of(gateway).chat.completions.stream(model=model, messages=say("80 tokens")) as events:
                for event in events:
                    if event.type == "content.delta":
                        said.append(event.delta)

        broken = raises(openai.APIError, read)
        assert broken.message and broken.body["code"] >= 500, broken.body
    assert "".join(said).startswith("Lorem")


def abort(gateway: Gateway) -> None:
    seen = 0
    request = {"model": "sim/lorem?frames=2000&token_ms=5", "messages": say("2000 tokens")}
    with client_of(gateway).chat.completions.stream(**request) as events:
        for event in events:
            seen += event.type == "content.delta"
            if seen == 5:
                break
    wait_until_idle(gateway)


CASES = {
    "whole": whole,
    "stream": stream,
    "tools in two turns": tools,
    "structured output": structured_output,
    "image": image,
    "reasoning": reasoning,
    "error": error,
    "abort": abort,
}

"""plumb's client of forges, driven by lines of JSON: forge_client.c says how."""
import json
import os
import subprocess

CLIENT = os.environ.get("FORGE_CLIENT", os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                                     "../../build/dev/tests/forge_client"))


class Refused(Exception):
    def __init__(self, answer):
        super().__init__(answer["message"])
        self.code, self.message, self.wait_ms = answer["code"], answer["message"], answer["wait_ms"]


class Client:
    def __init__(self, **options):
        self.process = subprocess.Popen([CLIENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            self.opened = self.ask(options)
        except Refused:
            self.close()
            raise

    def ask(self, line):
        self.process.stdin.write(json.dumps(line) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if not answer.pop("ok"):
            raise Refused(answer)
        return answer

    def __getattr__(self, operation):
        """client.pull(number=1) asks for the operation `pull`; one result is given as it is."""
        def call(**arguments):
            answer = self.ask({"op": operation, **arguments})
            return next(iter(answer.values())) if len(answer) == 1 else answer
        return call

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        return self.process.wait(20)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def refused(code, words, operation, **arguments):
    """The operation must be refused with this code and these words; gives the message."""
    try:
        answer = operation(**arguments)
    except Refused as error:
        assert error.code == code and words in error.message, f"{error.code}: {error.message}, not {code}: {words}"
        return error.message
    raise AssertionError(f"not refused: {answer}")

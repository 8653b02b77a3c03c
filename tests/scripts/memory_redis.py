"""Redis in memory: the commands that the scripts use, with their real meaning, and what redis-py returns for them.

Everything that runs against it runs against a real server as well, where one is installed (`broker` in conftest.py).
"""

from __future__ import annotations

import copy
import time as clock

import redis


def _text(value):
    return value if isinstance(value, bytes) else str(value).encode()


class Commands:
    """What both a client and a pipeline have."""

    def call(self, name, *arguments, **options):
        raise NotImplementedError

    def __getattr__(self, name):
        if not hasattr(MemoryRedis, f"_{name}"):
            raise AttributeError(name)
        return lambda *arguments, **options: self.call(name, *arguments, **options)


class MemoryRedis(Commands):
    def __init__(self):
        self.data = {}
        self.versions = {}
        self.away = False
        self.before_exec = []

    def call(self, name, *arguments, **options):
        if self.away:
            raise redis.ConnectionError("Connection refused")
        return getattr(self, f"_{name}")(*arguments, **options)

    def pipeline(self, *, transaction=True):
        assert transaction
        return Pipeline(self)

    def transaction(self, change, *watches, value_from_callable=False):
        """As redis-py's: again and again, until nobody else has changed a watched key."""
        while True:
            pipeline = Pipeline(self)
            pipeline.watch(*watches)
            value = change(pipeline)
            try:
                done = pipeline.execute()
            except redis.WatchError:
                continue
            return value if value_from_callable else done

    def hscan_iter(self, key, **_options):
        yield from list(self.call("hgetall", key).items())

    def zscan_iter(self, key, **_options):
        yield from self.call("zrange", key, 0, -1, withscores=True)

    def _of(self, key, kind):
        value = self.data.setdefault(str(key), kind())
        if not isinstance(value, kind):
            raise redis.ResponseError("WRONGTYPE Operation against a key holding the wrong kind of value")
        return value

    def _changed(self, key):
        self.versions[str(key)] = self.versions.get(str(key), 0) + 1
        if not self.data.get(str(key)):
            self.data.pop(str(key), None)

    def _ping(self):
        return True

    def _time(self):
        now = clock.time()
        return int(now), int(now % 1 * 1e6)

    def _hset(self, key, field, value):
        found = self._of(key, dict)
        new = _text(field) not in found
        found[_text(field)] = _text(value)
        self._changed(key)
        return int(new)

    def _hget(self, key, field):
        return self._of(key, dict).get(_text(field))

    def _hgetall(self, key):
        return dict(self._of(key, dict))

    def _hkeys(self, key):
        return list(self._of(key, dict))

    def _hlen(self, key):
        return len(self._of(key, dict))

    def _hdel(self, key, *fields):
        found = self._of(key, dict)
        gone = [found.pop(_text(field)) for field in fields if _text(field) in found]
        self._changed(key)
        return len(gone)

    def _hincrby(self, key, field, amount):
        found = self._of(key, dict)
        found[_text(field)] = _text(int(found.get(_text(field), 0)) + amount)
        self._changed(key)
        return int(found[_text(field)])

    def _zadd(self, key, members):
        found = self._of(key, dict)
        found.update({_text(member): float(score) for member, score in members.items()})
        self._changed(key)

    def _zrem(self, key, *members):
        return self._hdel(key, *members)

    def _zscore(self, key, member):
        return self._of(key, dict).get(_text(member))

    def _zcard(self, key):
        return len(self._of(key, dict))

    def _zrange(self, key, first, last, *, withscores=False):
        found = sorted(self._of(key, dict).items(), key=lambda pair: (pair[1], pair[0]))
        found = found[first:] if last == -1 else found[first : last + 1]
        return found if withscores else [member for member, _ in found]

    def _zrangebyscore(self, key, low, high, *, start=0, num=1000):
        found = [(member, score) for member, score in self._zrange(key, 0, -1, withscores=True)]
        return [member for member, score in found if float(low) <= score <= float(high)][start : start + num]

    def _lpush(self, key, *values):
        found = self._of(key, list)
        for value in values:
            found.insert(0, _text(value))
        self._changed(key)
        return len(found)

    def _rpush(self, key, *values):
        found = self._of(key, list)
        found.extend(map(_text, values))
        self._changed(key)
        return len(found)

    def _rpop(self, key):
        found = self._of(key, list)
        value = found.pop() if found else None
        self._changed(key)
        return value

    def _lrange(self, key, first, last):
        found = self._of(key, list)
        return list(found[first:] if last == -1 else found[first : last + 1])

    def _llen(self, key):
        return len(self._of(key, list))

    def _sadd(self, key, *members):
        self._of(key, set).update(map(_text, members))
        self._changed(key)

    def _smembers(self, key):
        return set(self._of(key, set))


class Pipeline(Commands):
    def __init__(self, server):
        self._server = server
        self._queue = []
        self._watched = {}
        self._immediately = False

    def watch(self, *keys):
        self._watched = {key: self._server.versions.get(key, 0) for key in keys}
        self._immediately = True

    def multi(self):
        self._immediately = False

    def call(self, name, *arguments, **options):
        if self._immediately:
            return self._server.call(name, *arguments, **options)
        self._queue.append((name, arguments, options))
        return self

    def execute(self):
        for action in self._server.before_exec[:1]:
            self._server.before_exec.pop(0)
            action()
        if self._server.away:
            raise redis.ConnectionError("Connection refused")
        if any(self._server.versions.get(key, 0) != version for key, version in self._watched.items()):
            raise redis.WatchError("Watched variable changed.")
        before = copy.deepcopy((self._server.data, self._server.versions))
        try:
            return [self._server.call(name, *arguments, **options) for name, arguments, options in self._queue]
        except redis.ResponseError:
            self._server.data, self._server.versions = before
            raise

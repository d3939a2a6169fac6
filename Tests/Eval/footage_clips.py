"""The pictures of a clip of real footage: cut, played there and back, held where it is to hang."""
from encode import EncodingFailed, encode, pictures_of

RATE = 10


def there_and_back(count, wanted):
    """Indices of `wanted` pictures of a clip with `count`: forwards, backwards, and so on, so that nothing jumps."""
    if wanted <= count or count < 2:
        return list(range(min(count, wanted)))
    cycle = [*range(count), *range(count - 2, 0, -1)]
    return [cycle[k % len(cycle)] for k in range(wanted)]


def order(count, seconds, held=None):
    """Which picture of the source is shown when. `held`: (from, to) in seconds, in which the picture hangs."""
    indices = there_and_back(count, round(seconds * RATE) if seconds else count)
    if held:
        start, end = (round(t * RATE) for t in held)
        indices = [*indices[:start], *[indices[start]] * (end - start), *indices[start:]]
    return indices


def make(item, files, folder):
    """Encodes one clip and writes its labels."""
    pictures = [picture for path in files for picture in pictures_of(path, item.cut, RATE)]
    if not pictures:
        raise EncodingFailed("there is no picture in the part that the list wants")
    partial = folder / f".{item.name}.partial.ivf"
    shown = order(len(pictures), item.length, item.held)
    encode((pictures[k] for k in shown), partial, [gap["to"] for gap in item.labels.get("upload", [])])
    partial.replace(folder / f"{item.name}.ivf")

#include <strata/crypto/hash.hpp>
#include <strata/ipld/amt.hpp>
#include <strata/ipld/hamt.hpp>
#include <strata/ipld/kamt.hpp>

#include "target.hpp"

namespace {

using namespace strata;

const Bytes kKey{1, 2, 3};
const Bytes kValue{0x80};

template <class Loaded>
void use_hamt(Loaded map) {
    if (!map) return;
    const auto all = map->for_each([](BytesView, BytesView) -> Result<bool> { return true; });
    const auto set = map->set(kKey, kValue);
    const auto got = map->get(kKey);
    if (set && got) STRATA_CHECK(*got == kValue);
    const auto removed = map->remove(kKey);
    if (set && removed) STRATA_CHECK(*removed == kValue);
    static_cast<void>(map->flush().has_value() && all.has_value());
}

void use_amt(Result<Amt> array) {
    if (!array) return;
    const auto all = array->for_each([](std::uint64_t, BytesView) -> Result<bool> { return true; });
    const auto set = array->set(77, kValue);
    const auto got = array->get(77);
    if (set && got) STRATA_CHECK(*got == kValue);
    static_cast<void>(array->remove(77).has_value() && array->flush().has_value() && all.has_value());
}

void use_kamt(Result<Kamt> map) {
    if (!map) return;
    const auto all = map->for_each([](const Kamt::Word&, const Kamt::Word&) -> Result<bool> { return true; });
    const Kamt::Word word{1};
    const auto set = map->set(word, word);
    const auto got = map->get(word);
    if (set && got) STRATA_CHECK(*got == word);
    static_cast<void>(map->remove(word).has_value() && map->flush().has_value() && all.has_value());
}

}  // namespace

// A hostile root node, which may name the same bytes as its child, never leads to a crash, and a value that was set is
// found.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    MemoryBlockstore store;
    const Cid root = store.put(Codec::dag_cbor, {data, size}).value();
    // A fixed name under which the input is its own child: cycles must end too.
    const Cid child = Cid::hash_of(Codec::dag_cbor, Bytes{'c', 'h', 'i', 'l', 'd'});
    STRATA_CHECK(store.put_block(child, {data, size}).has_value());
    use_hamt(Hamt::load(store, root, 5));
    use_hamt(Hamt::load(store, root, 5, nullptr, Hamt::Version::v2));
    use_amt(Amt::load(store, root, 0, Amt::Version::v3));
    use_amt(Amt::load(store, root, 3, Amt::Version::v0));
    use_kamt(Kamt::load(store, root));
    return 0;
}

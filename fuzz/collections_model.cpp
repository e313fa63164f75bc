#include <functional>
#include <map>

#include <strata/ipld/amt.hpp>
#include <strata/ipld/hamt.hpp>

#include "target.hpp"

namespace {

using namespace strata;

// A script is a list of operations of three bytes each: what to do, a key, a value.
enum class Operation : std::uint8_t { set, remove, get, reload };

bool was_there(bool removed) {
    return removed;
}
bool was_there(const std::optional<Bytes>& removed) {
    return removed.has_value();
}

template <class Key, class Make, class Load>
void run(BytesView script, const std::function<Key(std::uint8_t)>& key_of, const Make& make, const Load& load) {
    auto collection = make();
    std::map<Key, Bytes> model;
    for (std::size_t at = 0; at + 3 <= script.size(); at += 3) {
        const Key key = key_of(script[at + 1]);
        const auto expected = model.contains(key) ? std::optional(model.at(key)) : std::nullopt;
        switch (static_cast<Operation>(script[at] % 4)) {
            case Operation::set: {
                // A CBOR integer from 128 to 255: collections hold CBOR items.
                const Bytes value{0x18, static_cast<std::uint8_t>(script[at + 2] | 0x80U)};
                STRATA_CHECK(collection.set(key, value).has_value());
                model[key] = value;
                break;
            }
            case Operation::remove:
                STRATA_CHECK(was_there(collection.remove(key).value()) == expected.has_value());
                model.erase(key);
                break;
            case Operation::get:
                STRATA_CHECK(collection.get(key).value() == expected);
                break;
            case Operation::reload:
                collection = load(collection.flush().value());
                break;
        }
    }
    auto fresh = make();
    for (const auto& [key, value] : model) {
        STRATA_CHECK(collection.get(key).value() == value);
        STRATA_CHECK(fresh.set(key, value).has_value());
    }
    const Cid root = collection.flush().value();
    STRATA_CHECK(fresh.flush().value() == root);
    std::size_t count = 0;
    STRATA_CHECK(load(root)
                     .for_each([&](const auto&, BytesView) -> Result<bool> {
                         ++count;
                         return true;
                     })
                     .has_value());
    STRATA_CHECK(count == model.size());
}

}  // namespace

// A HAMT and an AMT hold what a std::map holds after the same operations, before and after they are stored, and their
// root depends on the content only.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    MemoryBlockstore store;
    const BytesView script(data, size);
    run<Bytes>(
        script, [](std::uint8_t byte) { return Bytes{byte, 1}; }, [&] { return Hamt(store, 5); },
        [&](const Cid& root) { return Hamt::load(store, root, 5).value(); });
    // Indices far apart, so that the tree grows and shrinks.
    run<std::uint64_t>(
        script, [](std::uint8_t byte) { return std::uint64_t{1} << (byte % 63U); }, [&] { return Amt(store, 3); },
        [&](const Cid& root) { return Amt::load(store, root, 3, Amt::Version::v3).value(); });
    return 0;
}

#include <nlohmann/json.hpp>

#include <strata/api/ethereum_block.hpp>
#include <strata/ipld/bitfield.hpp>

#include "target.hpp"

namespace {

using namespace strata;
using namespace strata::api;

/// A value that was read is printed to a text that is read as the same value.
template <class T>
void read_one(const Json& json) {
    T first{}, second{};
    if (!read(json, first)) return;
    if constexpr (requires(const Printer& print) { print(first); }) {
        const Json printed = Json::parse(Printer('t')(first).dump());
        STRATA_CHECK(read(printed, second).has_value());
        STRATA_CHECK(Json::parse(Printer('t')(second).dump()) == printed);
    }
}

}  // namespace

// Every type of parameter is read or refused, and keeps its value when it is printed and read again.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Json json = Json::parse(as_text({data, size}), nullptr, false);
    if (json.is_discarded()) return 0;
    read_one<bool>(json);
    read_one<double>(json);
    read_one<std::int64_t>(json);
    read_one<std::uint64_t>(json);
    read_one<std::string>(json);
    read_one<Cid>(json);
    read_one<Address>(json);
    read_one<BigInt>(json);
    read_one<TipsetKey>(json);
    read_one<BitField>(json);
    read_one<Signature>(json);
    read_one<Message>(json);
    read_one<SignedMessage>(json);
    Bytes bytes;
    Draft draft;
    SendSpec spec;
    EthereumBlock block;
    static_cast<void>(read(json, bytes));
    static_cast<void>(read(json, draft));
    static_cast<void>(read(json, spec));
    static_cast<void>(read(json, block));
    return 0;
}

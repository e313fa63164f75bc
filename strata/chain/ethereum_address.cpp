#include <strata/chain/ethereum_address.hpp>

#include <strata/base/hex.hpp>

namespace strata::chain {
namespace {

constexpr std::size_t kIdAt = 12;  // where the 8 bytes of an ID begin in its masked form

}  // namespace

bool is_masked_id(BytesView address) {
    return address[0] == 0xff &&
           std::ranges::all_of(address.subspan(1, kIdAt - 1), [](std::uint8_t b) { return b == 0; });
}

EthereumAddress masked_id(ActorId id) {
    EthereumAddress out{0xff};
    store_be(out.data() + kIdAt, id);
    return out;
}

Result<EthereumAddress> ethereum_address(const Address& address) {
    if (const auto id = address.as_id()) return masked_id(*id);
    EthereumAddress out{};
    if (address.delegated_space() != kEamId || address.subaddress().size() != out.size())
        return fail(Errc::invalid_argument,
                    address.to_string() + " has no Ethereum address; expected an f0 or f410 address with 20 bytes");
    if (is_masked_id(address.subaddress()))
        return fail(Errc::invalid_argument,
                    "f410f addresses cannot embed masked-ID payloads: 0x" + to_hex(address.subaddress()));
    std::ranges::copy(address.subaddress(), out.begin());
    return out;
}

Result<Address> filecoin_address(const EthereumAddress& address) {
    if (!is_masked_id(address)) return Address::delegated(kEamId, address);
    const auto id = load_be<std::uint64_t>(address.data() + kIdAt);
    if (id > kMaxWireId)
        return fail(Errc::malformed, "the actor ID is " + std::to_string(id) + ", expected less than 2^63");
    return Address::id(id);
}

}  // namespace strata::chain

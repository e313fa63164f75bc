#pragma once
// Gives tests the messages of a sender with consecutive nonces, as Lotus' chain/messagepool/selection_test.go makes
// them. They have blank signatures, since neither chains nor selection read them.
#include <functional>
#include <vector>

#include <strata/chain/message_chains.hpp>

namespace strata::chain::testing {

// Source: gasguess.Costs of PublishStorageDeals' predecessor (market, method 2).
inline constexpr std::int64_t kGas = 6'955'002;
// Lotus' tests use 300,000 where they count messages. Our pool also asks for the VM's inclusion cost, so this is the
// round number above it; the messages of a block's lists still fit its gas.
inline constexpr std::int64_t kSmallGas = 750'000;
// The base fee that ChainComputeBaseFee gives for the chain of Lotus' tests.
inline const TokenAmount kBaseFee = 100;

inline const Address& sender(int i) {
    static const std::vector<Address> addresses = [] {
        std::vector<Address> out;
        for (std::uint8_t k = 0; k < 10; ++k) {
            Bytes key(65, k);
            out.push_back(Address::secp256k1(key));
        }
        return out;
    }();
    return addresses.at(static_cast<std::size_t>(i));
}

inline Address bls_sender() {
    return Address::bls(Bytes(48, 9));
}

inline PoolEntryPtr message(const Address& from, Nonce nonce, std::int64_t gas_limit, std::int64_t premium) {
    Message out;
    out.from = from;
    out.to = sender(9);
    out.method = 2;
    out.nonce = nonce;
    out.gas_limit = gas_limit;
    out.gas_fee_cap = 100 + premium;
    out.gas_premium = premium;
    const bool bls = from.protocol() == Address::Protocol::bls;
    return make_entry({out, {bls ? Signature::Type::bls : Signature::Type::secp256k1, Bytes(bls ? 96 : 65)}});
}

using Price = std::function<std::int64_t(std::int64_t)>;
inline SenderMessages messages(const Address& from, std::int64_t count, std::int64_t gas, const Price& price) {
    SenderMessages out;
    for (std::int64_t i = 0; i < count; ++i) {
        const auto nonce = static_cast<Nonce>(i);
        out[nonce] = message(from, nonce, gas, price(i));
    }
    return out;
}

}  // namespace strata::chain::testing

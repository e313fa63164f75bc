#pragma once
// Defines messages and receipts. Source: docs/protocol/fvm.md §3.1, §3.6, §3.7; docs/protocol/node.md §2.
#include <strata/types/basic.hpp>
#include <strata/types/wire_limits.hpp>

namespace strata {

struct Message {
    std::uint64_t version = 0;
    Address to;
    Address from;
    Nonce nonce = 0;
    TokenAmount value;
    std::int64_t gas_limit = 0;
    TokenAmount gas_fee_cap;
    TokenAmount gas_premium;
    MethodNumber method = 0;
    Bytes params;
    STRATA_CBOR_TUPLE(version, to, from, nonce, value, gas_limit, gas_fee_cap, gas_premium, method, params);
    static constexpr CborLimits kCborLimits = kWireLimits;
    /// Checks that both addresses are within the limits of the wire format.
    Status check_decoded() const;
    friend bool operator==(const Message&, const Message&) = default;

    /// Returns the CID of the unsigned message. BLS and secp256k1 signatures sign its bytes.
    Cid cid() const;
};

struct Receipt {
    std::uint32_t exit_code = 0;
    Bytes return_data;
    std::uint64_t gas_used = 0;
    std::optional<Cid> events_root;
    STRATA_CBOR_TUPLE(exit_code, return_data, gas_used, events_root);
    friend bool operator==(const Receipt&, const Receipt&) = default;
};

}  // namespace strata

#pragma once
// Defines messages, receipts and signed messages. Source: docs/protocol/fvm.md §3.1, §3.6, §3.7; docs/protocol/node.md
// §2.
#include <strata/types/basic.hpp>
#include <strata/types/signature.hpp>

namespace strata {

/// Limits that a Go node's decoders impose on messages and headers: byte strings of at most 2 MiB (cbor-gen's
/// ByteArrayMaxLen) and arrays of at most 8,192 items (its MaxLength). Lotus cannot read a block that exceeds them, so
/// they are rules of the chain, although the protocol does not state them. They do not apply to the parameters of
/// actors, which the VM decodes with Rust's limits. Source: lotus chain/types/cbor_gen.go.
inline constexpr CborLimits kWireLimits{.bytes = 2'097'152, .items = 8'192};

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

    /// Returns the CID of the unsigned message. BLS and secp256k1 signatures sign the bytes of this CID.
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

struct SignedMessage {
    Message message;
    Signature signature;
    STRATA_CBOR_TUPLE(message, signature);
    friend bool operator==(const SignedMessage&, const SignedMessage&) = default;

    /// Returns the CID that identifies the message in blocks and pools: that of the unsigned message for BLS, otherwise
    /// that of the signed one.
    Cid cid() const;
    /// Returns the number of bytes that inclusion is billed for: the unsigned length for BLS, otherwise the signed one.
    std::size_t chain_length() const;
};

/// The object that a block's `Messages` field points to: two AMT v0 roots of message CIDs.
struct MsgMeta {
    Cid bls_messages;
    Cid secp_messages;
    STRATA_CBOR_TUPLE(bls_messages, secp_messages);
};

}  // namespace strata

#pragma once
// Source: docs/protocol/node.md §2.2, §2.3.
#include <strata/types/message.hpp>
#include <strata/types/signature.hpp>

namespace strata {

struct SignedMessage {
    Message message;
    Signature signature;
    STRATA_CBOR_TUPLE(message, signature);
    friend bool operator==(const SignedMessage&, const SignedMessage&) = default;

    /// Identity in blocks and pools: the unsigned CID for BLS, else that of the whole.
    Cid cid() const;
    /// Bytes that inclusion is billed for: the unsigned length for BLS, else that of the whole.
    std::size_t chain_length() const;
};

/// What a block's `Messages` field points to: two AMT v0 roots of message CIDs.
struct MsgMeta {
    Cid bls_messages;
    Cid secp_messages;
    STRATA_CBOR_TUPLE(bls_messages, secp_messages);
};

}  // namespace strata

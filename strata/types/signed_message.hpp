#pragma once
// Defines signed messages and the lists of messages of a block. Source: docs/protocol/node.md §2.2, §2.3.
#include <strata/types/message.hpp>
#include <strata/types/signature.hpp>

namespace strata {

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

#pragma once
// Messages with delegated signatures are Ethereum transactions in other clothes: what was signed is the RLP of the
// transaction. Source: fvm.md §3.1, node.md §2.3, §29 (lotus chain/types/ethtypes); EIP-155, EIP-1559.
#include <strata/types/signed_message.hpp>

namespace strata::chain {

struct EthereumSigning {
    Bytes preimage;       // keccak-256 of this is signed
    Signature signature;  // r || s || v; the check of the signature refuses a v above 3
};

/// Errors: verification where the message is no transaction of this chain, or would not come back from it the same.
Result<EthereumSigning> ethereum_signing(const SignedMessage& message, std::uint64_t chain_id);

}  // namespace strata::chain

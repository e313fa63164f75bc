#pragma once
// Reads signed Ethereum transactions as wallets send them, and translates them to Filecoin messages. The way back is
// ethereum_transaction.hpp. Source: docs/protocol/fvm.md §3.1, docs/protocol/node.md §29 (lotus chain/types/ethtypes);
// EIP-155, EIP-1559, EIP-2718.
#include <strata/types/message.hpp>

namespace strata::chain {

/// The most bytes of a raw transaction (lotus chain/types/ethtypes/rlp.go). The pool's own limit is lower.
inline constexpr std::size_t kMaxRawTransaction = std::size_t{2} << 20;

/// A transaction that came in, and the message that it stands for.
struct EthereumRaw {
    SignedMessage message;  // from the address that signed
    Hash256 hash{};         // keccak-256 of the transaction
};

/// Reads a legacy transaction, with or without a chain ID (EIP-155), or one of type 2 (EIP-1559) with an empty access
/// list. The sender is recovered from the signature. Errors: malformed if it is not the canonical encoding of such a
/// transaction, or has a field outside its range; unsupported for a different type, a different chain or an access
/// list; verification if no key made the signature.
Result<EthereumRaw> read_ethereum_raw(BytesView raw, std::uint64_t chain_id);

/// Returns the delegated message that calls `to`, or that creates a contract if `to` is empty. Fees, gas limit and
/// nonce are left at 0. `to` has 20 bytes. Errors: malformed for a masked ID of 2^63 or more.
Result<Message> ethereum_call(const Address& from, const std::optional<ByteArray<20>>& to, BytesView input,
                              TokenAmount value);

}  // namespace strata::chain

#pragma once
// Messages of a tipset as the transactions of an Ethereum block: blocks, transactions, receipts and logs, with the
// values that Lotus gives them. A native message has a form of its own: a transaction of type 2 without signature,
// whose input is the call of a native method in Solidity's ABI. Source: docs/protocol/node.md §29 (lotus
// node/impl/eth/{utils,transaction,events}.go, chain/types/ethtypes).
#include <strata/api/context.hpp>
#include <strata/api/ethereum_json.hpp>
#include <strata/chain/ethereum_log.hpp>
#include <strata/chain/ethereum_transaction.hpp>
#include <strata/chain/executed_tipset.hpp>

namespace strata::api {

/// The hash of the Ethereum block that a tipset is: the digest of the CID of its key.
Hash256 block_hash(const TipsetKey& key);

/// Where a message is on the chain. Only some of the members are known for a message that waits.
struct TransactionPlace {
    Hash256 block{};
    ChainEpoch number = 0;
    std::uint64_t index = 0;  // among the executed messages of the tipset
};

/// A message as an Ethereum transaction.
struct Transaction {
    std::uint64_t chain_id = 0;  // 0 for a legacy transaction without one
    Hash256 hash{};
    std::uint64_t type = 2;  // 0 or 2
    bool is_native = false;  // not signed as an Ethereum transaction
    EthereumAddress from{};
    std::optional<EthereumAddress> to;  // empty for a creation
    Bytes input;
    Message message;  // nonce, value, gas limit and prices
    BigInt v, r, s;
};

/// Returns the Ethereum address of an address: that of an f410 address, otherwise the f410 address of its actor, or the
/// masked form of the actor's ID. `state` is the one after the message. Errors: not_found for an address without an ID.
Result<EthereumAddress> ethereum_address_in(vm::StateTree& state, const Address& address);

/// Returns a message as a transaction. `state` is the one after the message's tipset. Errors: verification for a
/// message with a delegated signature that is not a transaction; not_found if the sender has no ID.
Result<Transaction> transaction_of(const SignedMessage& message, vm::StateTree& state, std::uint64_t chain_id);
/// Returns a message with a delegated signature as a transaction, for which no state is needed. Errors: verification.
Result<Transaction> transaction_of(const SignedMessage& message, std::uint64_t chain_id);

/// Prints a transaction; without a place, it waits in the pool.
Json print(const Transaction& transaction, const std::optional<TransactionPlace>& place);

/// Prints the receipt of a transaction. `logs` are the events of its message that are Ethereum logs, printed.
/// Errors: malformed for the return value of a creation.
struct TransactionOutcome {
    const Receipt& receipt;
    const TokenAmount& base_fee;  // of the tipset
    const Json& logs;             // a list
    const chain::EthereumBloom& bloom;
};
Result<Json> print_receipt(const Transaction& transaction, const TransactionPlace& place,
                           const TransactionOutcome& outcome);

/// Prints a log. `number` counts the events of the tipset from 0.
struct LogPlace {
    TransactionPlace transaction;
    Hash256 hash{};  // of the transaction
    std::uint64_t number = 0;
    bool removed = false;  // its tipset has left the chain
};
Json print_log(const EthereumAddress& emitter, const chain::EthereumLog& log, const LogPlace& place);

/// A tipset as an Ethereum block.
struct BlockForm {
    bool full = false;  // with the transactions, not their hashes alone
    std::uint64_t chain_id = 0;
    chain::EthereumBloom bloom{};
    Hash256 parent{};  // the hash of the block below
};
Result<Json> print_block(Blockstore& blocks, const chain::ExecutedTipset& executed, const BlockForm& form);

}  // namespace strata::api

#pragma once
// Calls that Ethereum clients describe without signing them, and their execution in a sandbox. Source: lotus
// chain/types/ethtypes/eth_types.go (EthCall), node/impl/eth/gas.go, chain/stmgr/call.go; the Ethereum execution API
// specification (schemas/transaction.yaml, GenericTransaction) for the members that Lotus does not read.
#include <strata/api/ethereum_block.hpp>
#include <strata/api/ethereum_json.hpp>
#include <strata/chain/sandbox.hpp>

namespace strata::api {

/// A number of up to 256 bits from a client: hexadecimal after 0x or decimal, as text, or a JSON number.
struct BigQuantity {
    BigInt value;
};
Status read(const Json& from, BigQuantity& to);

/// The object that eth_call, eth_estimateGas and the like take. Access lists are read over: they mean nothing here.
struct EthereumCall {
    std::optional<EthereumAddress> from;
    std::optional<EthereumAddress> to;  // empty: a contract is created
    std::optional<std::uint64_t> gas;   // the limit
    std::optional<BigInt> gas_price, max_fee, max_premium;
    BigInt value;
    Bytes input;
    std::optional<Nonce> nonce;
    std::optional<std::uint64_t> chain_id;

    /// Returns the most that the sender would pay for a unit of gas; 0 if the call does not say.
    BigInt price() const { return gas_price.value_or(max_fee.value_or(BigInt(0))); }
};
/// Reads a call. "input" counts more than "data", as in Lotus. Errors: malformed, also for blobs and authorizations.
Status read(const Json& from, EthereumCall& to);

/// Returns what is wrong with a call in itself: two kinds of prices, or a different chain. Code -32602.
std::optional<Fault> fault_of(const Context& context, const EthereumCall& call);

/// Returns the message of a call, with the gas of a full block and no fees. Without a sender it is from the null
/// address, as in Lotus. Errors: invalid_argument for a sender that is a masked ID, as in Lotus.
Result<Message> message_of(const EthereumCall& call);

/// Returns the refusal of a question about the state at an upgrade (lotus api/api_errors.go, ErrExpensiveFork); empty
/// for other tipsets.
std::optional<Fault> refuse_upgrade(Context& context, const chain::Tipset& tipset);

/// Prepares a message for its sender's state: makes a placeholder for a sender that has no actor, as a first transfer
/// to it would, and gives the message the sender's nonce. Errors: those of the state; not_found for a sender that
/// cannot be made.
Status prepare_sender(chain::Sandbox& box, vm::Executor& executor, Message& message);

/// Applies a message without payment, by any sender, with the gas that it would use on chain.
Result<vm::Applied> run_message(vm::Executor& executor, const Message& message);

/// Returns the bytes that a call returned; those of a creation are empty, as in Lotus. Errors: execution_reverted, with
/// the returned bytes as data, for every failure.
Answered<Bytes> output_of(const Message& message, const vm::Applied& applied);

/// Makes the error of a message that failed.
Fault failure_of(const vm::Applied& applied);

/// Works in a sandbox on the state after a tipset, where a refusal has a code of its own.
template <class T>
Answered<T> in_sandbox(Context& context, const chain::TipsetPtr& base,
                       const std::function<Answered<T>(chain::Sandbox&)>& use) {
    if (auto refused = refuse_upgrade(context, *base)) return std::move(*refused);
    std::optional<Answered<T>> out;
    STRATA_OK(context.chain.sandbox(base, [&](chain::Sandbox& box) -> Status {
        out = use(box);
        return {};
    }));
    return std::move(*out);
}

}  // namespace strata::api

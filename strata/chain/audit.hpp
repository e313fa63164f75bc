#pragma once
// An audit of a chain's money: executes every tipset again and adds up rewards, fees and burns.
#include <map>

#include <strata/chain/api.hpp>

namespace strata::chain {

/// The income that one miner had from its blocks.
struct BlockIncome {
    std::uint64_t blocks = 0;
    std::int64_t wins = 0;
    TokenAmount rewards;  // without tips
    TokenAmount tips;
    TokenAmount penalties;
};

/// The totals of a chain from genesis to its head.
struct ChainAccount {
    std::uint64_t tipsets = 0;
    std::uint64_t blocks = 0;
    std::uint64_t messages = 0;
    std::uint64_t failed_messages = 0;
    std::uint64_t gas_used = 0;
    TokenAmount gas_burnt;                  // base fee and over-estimation
    std::map<Address, TokenAmount> fees;    // burnt gas and tips, by the sender as its messages name it
    std::map<Address, BlockIncome> miners;  // f0
    /// The number of successful messages by receiver and method.
    std::map<std::pair<Address, MethodNumber>, std::uint64_t> landed;
};

/// Executes every tipset up to the head again. Errors: verification if a state differs from the one that the chain
/// records.
Result<ChainAccount> account_of(Chain& chain);

/// Returns the sum of all actors' balances in a state.
Result<TokenAmount> sum_of_balances(vm::StateTree& state);
/// Returns the balance of one actor; 0 if the state has no such actor.
Result<TokenAmount> balance_of(vm::StateTree& state, const Address& address);

/// Returns an amount of attoFIL as FIL, rounded down, with at most `digits` digits after the point: "12.345 FIL".
std::string fil_text(const TokenAmount& atto, unsigned digits = 6);
/// Returns an amount to the last attoFIL, as a person must see it before paying.
std::string exact_fil(const TokenAmount& atto);

}  // namespace strata::chain

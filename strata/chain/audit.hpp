#pragma once
// An audit of a chain's money: executes every tipset again and adds up rewards, fees and burns.
#include <map>

#include <strata/chain/api.hpp>

namespace strata::chain {

/// What one miner earned with its blocks.
struct BlockIncome {
    std::uint64_t blocks = 0;
    std::int64_t wins = 0;
    TokenAmount rewards;  // without tips
    TokenAmount tips;
    TokenAmount penalties;
};

struct ChainAccount {
    std::uint64_t tipsets = 0;
    std::uint64_t blocks = 0;
    std::uint64_t messages = 0;
    std::uint64_t failed_messages = 0;
    std::uint64_t gas_used = 0;
    TokenAmount gas_burnt;                  // base fee and over-estimation
    std::map<Address, TokenAmount> fees;    // by sender, as its messages name it: burnt and tips
    std::map<Address, BlockIncome> miners;  // f0
    /// Successful messages, by receiver and method.
    std::map<std::pair<Address, MethodNumber>, std::uint64_t> landed;
};

/// Executes every tipset up to the head again. Errors: verification if a
/// state differs from the one that the chain has.
Result<ChainAccount> account_of(Chain& chain);

/// The sum of all actors' balances in a state.
Result<TokenAmount> sum_of_balances(vm::StateTree& state);
/// The balance of one actor; 0 if there is no such actor.
Result<TokenAmount> balance_of(vm::StateTree& state, const Address& address);

/// "12.345 FIL": atto as FIL with at most `digits` digits behind the point, rounded down.
std::string fil_text(const TokenAmount& atto, unsigned digits = 6);

}  // namespace strata::chain

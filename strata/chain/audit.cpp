#include <strata/chain/audit.hpp>

#include <strata/actors/read/reward.hpp>
#include <strata/actors/reward/state.hpp>
#include <strata/chain/execution.hpp>
#include <strata/vm/state_tree.hpp>

namespace strata::chain {
namespace {

namespace reward = actors::reward;

Result<TokenAmount> rewards_so_far(Blockstore& blocks, const Cid& root) {
    STRATA_TRY(auto state, vm::StateTree::load(blocks, root));
    STRATA_TRY(auto found, actors::read::load_reward(state));
    return std::move(found.mined);
}

void add_messages(ChainAccount& account, const TipsetExecution& execution) {
    for (const auto& [cid, message, applied, listed] : execution.messages) {
        ++account.messages;
        if (applied.receipt.exit_code != 0)
            ++account.failed_messages;
        else
            ++account.landed[{message.to, message.method}];
        account.gas_used += applied.receipt.gas_used;
        const TokenAmount burnt = applied.settlement.base_fee_burn + applied.settlement.over_estimation_burn;
        account.gas_burnt += burnt;
        account.fees[message.from] += burnt + applied.settlement.miner_tip;
    }
}

// All wins of a tipset earn the same reward, so the tipset's rewards are shared out by win count.
Status add_rewards(ChainAccount& account, const TipsetExecution& execution, const TokenAmount& rewards) {
    std::vector<reward::AwardBlockRewardParams> awards;
    std::int64_t wins = 0;
    for (const auto& implicit : execution.implicit) {
        if (implicit.message.to != Address::id(kRewardId)) continue;
        STRATA_TRY(auto award, from_cbor<reward::AwardBlockRewardParams>(implicit.message.params));
        wins += award.win_count;
        awards.push_back(std::move(award));
    }
    for (const auto& award : awards) {
        BlockIncome& income = account.miners[award.miner];
        ++income.blocks;
        income.wins += award.win_count;
        income.rewards += div_floor(rewards * BigInt(award.win_count), BigInt(wins));
        income.tips += award.gas_reward;
        income.penalties += award.penalty;
    }
    return {};
}

Status add_tipset(ChainAccount& account, Chain& chain, const Tipset& tipset, const Cid& expected) {
    STRATA_TRY(const auto execution, chain.execute(tipset));
    if (execution.state.state_root != expected)
        return fail(Errc::verification, "the state after epoch " + std::to_string(tipset.height()) + " is " +
                                            execution.state.state_root.to_string() + ", expected " +
                                            expected.to_string() +
                                            ", which the next tipset records as its parent state");
    ++account.tipsets;
    account.blocks += tipset.blocks().size();
    add_messages(account, execution);
    STRATA_TRY(const auto before, rewards_so_far(chain.blocks(), tipset.parent_state_root()));
    STRATA_TRY(const auto after, rewards_so_far(chain.blocks(), execution.state.state_root));
    return add_rewards(account, execution, after - before);
}

}  // namespace

Result<ChainAccount> account_of(Chain& chain) {
    ChainAccount account;
    // The walk goes from the head down. The state that a tipset must lead to is the one that its child records.
    auto tipset = chain.head();
    STRATA_TRY(const auto last, chain.state_after(tipset));
    Cid expected = last.state_root;
    while (tipset->height() > 0) {
        STRATA_OK(add_tipset(account, chain, *tipset, expected));
        expected = tipset->parent_state_root();
        STRATA_TRY(tipset, chain.parent(*tipset));
    }
    return account;
}

Result<TokenAmount> sum_of_balances(vm::StateTree& state) {
    TokenAmount sum;
    STRATA_OK(state.for_each([&](ActorId, const vm::ActorState& actor) -> Status {
        sum += actor.balance;
        return {};
    }));
    return sum;
}

Result<TokenAmount> balance_of(vm::StateTree& state, const Address& address) {
    STRATA_TRY(const auto id, state.resolve(address));
    if (!id) return TokenAmount(0);
    STRATA_TRY(const auto actor, state.get(*id));
    return actor ? actor->balance : TokenAmount(0);
}

std::string fil_text(const TokenAmount& atto, unsigned digits) {
    constexpr std::size_t kDecimals = 18;
    std::string text = atto.abs().to_string();
    if (text.size() <= kDecimals) text.insert(0, kDecimals + 1 - text.size(), '0');
    std::string whole = text.substr(0, text.size() - kDecimals);
    // From right to left, a comma goes before every third digit.
    for (std::size_t i = whole.size(); i > 3; i -= 3) whole.insert(i - 3, ",");
    std::string rest = text.substr(text.size() - kDecimals, digits);
    rest.erase(rest.find_last_not_of('0') + 1);
    return (atto.is_negative() ? "-" : "") + whole + (rest.empty() ? "" : "." + rest) + " FIL";
}

std::string exact_fil(const TokenAmount& atto) {
    constexpr unsigned kDecimals = 18;
    return fil_text(atto, kDecimals);
}

}  // namespace strata::chain

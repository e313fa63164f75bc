#include <strata/chain/message_chains.hpp>

#include <strata/chain/base_fee.hpp>
#include <strata/chain/inclusion_gas.hpp>

namespace strata::chain {
namespace {

// A loss counts this many times in the reward (docs/protocol/node.md §14.4).
constexpr int kLossFactor = 3;

BigInt performance_of(const TokenAmount& reward, std::int64_t gas) {
    return div_floor(reward * BigInt(kBlockGasLimit), BigInt(gas));
}

struct Priced {
    PoolEntryPtr entry;
    TokenAmount reward;
};

// Returns the messages from the state's nonce up to, but without, the first one that cannot be executed.
std::vector<Priced> executable(const SenderMessages& messages, const SenderFunds& funds, const TokenAmount& base_fee) {
    std::vector<Priced> out;
    Nonce nonce = funds.nonce;
    TokenAmount balance = funds.balance;
    // The sum cannot overflow: the loop ends above one block's gas, and each limit was checked when its message
    // arrived.
    std::int64_t gas = 0;
    for (auto it = messages.lower_bound(nonce); it != messages.end() && it->first == nonce; ++it, ++nonce) {
        const Message& message = it->second->message.message;
        gas += message.gas_limit;
        if (message.gas_limit < vm_inclusion_gas(kNewestVersion, it->second->chain_length) || gas > kBlockGasLimit)
            break;
        const TokenAmount cost = message.gas_fee_cap * BigInt(message.gas_limit);
        if (balance < cost) break;
        balance -= cost;
        // The value is subtracted only if the sender has it, since an earlier message may bring it.
        if (message.value <= balance) balance -= message.value;
        out.push_back({it->second, inclusion_reward(message, base_fee)});
    }
    return out;
}

// Merges a chain into the one before it if the later one performs at least as well: it cannot be included earlier
// anyway, and together they are rated higher. One merge may make a further merge possible, so the pass is repeated
// until there is none.
void merge_rising(std::vector<MessageChain>& chains) {
    for (bool merged = true; merged;) {
        merged = false;
        for (std::size_t i = chains.size(); i-- > 1;) {
            if (chains[i].performance < chains[i - 1].performance) continue;
            auto later = std::move(chains[i]);
            chains.erase(chains.begin() + static_cast<std::ptrdiff_t>(i));
            for (std::size_t k = 0; k < later.messages.size(); ++k)
                chains[i - 1].append(std::move(later.messages[k]), std::move(later.rewards[k]));
            merged = true;
        }
    }
}

}  // namespace

PoolEntryPtr make_entry(SignedMessage message) {
    Cid cid = message.cid();
    const std::size_t length = message.chain_length();
    return std::make_shared<const PoolEntry>(PoolEntry{std::move(message), std::move(cid), length});
}

void MessageChain::append(PoolEntryPtr message, TokenAmount message_reward) {
    reward += message_reward;
    gas += message->message.message.gas_limit;
    performance = performance_of(reward, gas);
    messages.push_back(std::move(message));
    rewards.push_back(std::move(message_reward));
}

void MessageChain::trim(std::int64_t gas_limit, std::size_t message_limit) {
    while (!messages.empty() && (gas > gas_limit || messages.size() > message_limit || !pays())) {
        reward -= rewards.back();
        gas -= messages.back()->message.message.gas_limit;
        messages.pop_back();
        rewards.pop_back();
        performance = gas == 0 ? BigInt(0) : performance_of(reward, gas);
    }
}

bool is_better(const MessageChain& a, const MessageChain& b) {
    return a.performance != b.performance ? b.performance < a.performance : b.reward < a.reward;
}

std::vector<std::size_t> best_first(const std::vector<MessageChain>& chains) {
    std::vector<std::size_t> order(chains.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    // Chains that are equally good keep their order, so that the same pool always gives the same block.
    std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
        if (is_better(chains[a], chains[b])) return true;
        return !is_better(chains[b], chains[a]) && a < b;
    });
    return order;
}

TokenAmount inclusion_reward(const Message& message, const TokenAmount& base_fee) {
    const TokenAmount tip = min(message.gas_premium, message.gas_fee_cap - base_fee) * BigInt(message.gas_limit);
    return tip.is_negative() ? tip * BigInt(kLossFactor) : tip;
}

void append_chains(std::vector<MessageChain>& chains, const SenderMessages& messages, const SenderFunds& funds,
                   const TokenAmount& base_fee) {
    std::vector<MessageChain> own;
    for (auto& [entry, reward] : executable(messages, funds, base_fee)) {
        const std::int64_t gas_limit = entry->message.message.gas_limit;
        // A message that would make its chain perform worse begins a new one, so that the better part can be selected
        // alone.
        const bool begins_chain = own.empty() || performance_of(own.back().reward + reward,
                                                                own.back().gas + gas_limit) < own.back().performance;
        if (begins_chain) own.emplace_back();
        own.back().append(std::move(entry), std::move(reward));
    }
    merge_rising(own);
    const std::size_t first = chains.size();
    for (std::size_t i = 0; i < own.size(); ++i) {
        if (i > 0) own[i].previous = first + i - 1;
        if (i + 1 < own.size()) own[i].next = first + i + 1;
        chains.push_back(std::move(own[i]));
    }
}

}  // namespace strata::chain

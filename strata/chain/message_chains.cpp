#include <strata/chain/message_chains.hpp>

#include <strata/chain/base_fee.hpp>
#include <strata/vm/price_list.hpp>

namespace strata::chain {
namespace {

// What a loss counts for (node.md §14.4).
constexpr int kLossFactor = 3;

BigInt performance_of(const TokenAmount& reward, std::int64_t gas) {
    return div_floor(reward * BigInt(kBlockGasLimit), BigInt(gas));
}

struct Priced {
    SignedMessage message;
    TokenAmount reward;
};

// From the state's nonce on, up to the first message that cannot be executed.
std::vector<Priced> executable(const std::map<Nonce, SignedMessage>& messages, const SenderFunds& funds,
                               const TokenAmount& base_fee) {
    std::vector<Priced> out;
    Nonce nonce = funds.nonce;
    TokenAmount balance = funds.balance;
    std::int64_t gas = 0;  // at most one block's, and limits are checked when a message comes in: no overflow
    for (auto it = messages.lower_bound(nonce); it != messages.end() && it->first == nonce; ++it, ++nonce) {
        const Message& message = it->second.message;
        gas += message.gas_limit;
        if (message.gas_limit < inclusion_gas(it->second.chain_length()) || gas > kBlockGasLimit) break;
        const TokenAmount cost = message.gas_fee_cap * BigInt(message.gas_limit);
        if (balance < cost) break;
        balance -= cost;
        // Value is counted only where it is there: it may come from a message before.
        if (message.value <= balance) balance -= message.value;
        out.push_back({it->second, inclusion_reward(message, base_fee)});
    }
    return out;
}

// Later chains that perform as well as their predecessor belong to it: a better one can only come after a worse one.
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

void MessageChain::append(SignedMessage message, TokenAmount message_reward) {
    reward += message_reward;
    gas += message.message.gas_limit;
    performance = performance_of(reward, gas);
    messages.push_back(std::move(message));
    rewards.push_back(std::move(message_reward));
}

void MessageChain::trim(std::int64_t gas_limit, std::size_t message_limit) {
    while (!messages.empty() && (gas > gas_limit || messages.size() > message_limit || !pays())) {
        reward -= rewards.back();
        gas -= messages.back().message.gas_limit;
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

std::int64_t inclusion_gas(std::size_t chain_length) {
    const auto charge = vm::price_list(kNetworkVersion28).on_chain_message(chain_length);
    const vm::Milligas sum = vm::saturating_add(charge.compute, charge.other);
    return static_cast<std::int64_t>(sum / 1000 + (sum % 1000 != 0 ? 1 : 0));
}

void append_chains(std::vector<MessageChain>& chains, const std::map<Nonce, SignedMessage>& messages,
                   const SenderFunds& funds, const TokenAmount& base_fee) {
    std::vector<MessageChain> own;
    for (auto& [message, reward] : executable(messages, funds, base_fee)) {
        const bool falls =
            own.empty() || performance_of(own.back().reward + reward, own.back().gas + message.message.gas_limit) <
                               own.back().performance;
        if (falls) own.emplace_back();
        own.back().append(std::move(message), std::move(reward));
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

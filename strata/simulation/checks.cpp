#include <strata/simulation/checks.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <strata/net/gossip.hpp>

namespace strata::simulation {
namespace {

const TokenAmount kSupply = fil(2'000'000'000);

}  // namespace

std::string_view name_of(Rule rule) {
    switch (rule) {
        case Rule::one_state:
            return "one-state";
        case Rule::final:
            return "final";
        case Rule::bad_block:
            return "bad-block";
        case Rule::forged_block:
            return "forged-block";
        case Rule::early_block:
            return "early-block";
        case Rule::equivocation:
            return "equivocation";
        case Rule::one_head:
            return "one-head";
        case Rule::supply:
            return "supply";
        case Rule::memory:
            return "memory";
        case Rule::score:
            return "score";
        case Rule::growth:
            return "growth";
        case Rule::failure:
            break;
    }
    return "failure";
}

void Checks::add(Rule rule, std::string text) {
    if (found_.size() < kMostViolations) found_.push_back({rule, epoch_(), std::move(text)});
}

void Checks::on_made(std::size_t node, const BlockHeader& block, bool is_honest, bool is_valid) {
    const auto cid = block.cid();
    if (!is_valid) bad_.insert(cid);
    if (!is_honest) return;
    honest_.insert(cid);
    const auto [it, is_first] = signed_.try_emplace({block.miner, block.height}, cid);
    if (is_first || it->second == cid) return;
    add(Rule::equivocation,
        fmt::format("miner {} of node {} signed two blocks of epoch {}", block.miner.to_string(), node, block.height));
}

void Checks::on_head(std::size_t node, const chain::HeadChange& change, std::uint64_t latest) {
    if (!change.reverted.empty()) {
        const auto depth = change.reverted.front()->height() - change.reverted.back()->height() + 1;
        longest_revert_ = std::max(longest_revert_, depth);
        if (change.reverted.back()->height() <= agreed_[node])
            add(Rule::final,
                fmt::format("node {} reverted {} epochs, down to {}; all had agreed on its tipset of epoch {}", node,
                            depth, change.reverted.back()->height(), agreed_[node]));
        std::erase_if(common_, [&](const auto& head) {
            return std::ranges::any_of(change.reverted, [&](const auto& left) { return left->key() == head->key(); });
        });
    }
    for (const auto& tipset : change.applied)
        for (const auto& block : tipset->blocks()) {
            const auto cid = block.cid();
            const auto text = [&](std::string_view what) {
                return fmt::format("node {} took the block {} of miner {}, epoch {}, {}", node, cid.to_string(),
                                   block.miner.to_string(), block.height, what);
            };
            if (bad_.contains(cid)) add(Rule::bad_block, text("which breaks a rule"));
            if (honest_miners_.contains(block.miner) && !honest_.contains(cid))
                add(Rule::forged_block, text("which this miner did not make"));
            if (block.timestamp > latest) add(Rule::early_block, text("before its time"));
        }
}

void Checks::on_one_head(const std::vector<std::size_t>& nodes, const chain::TipsetPtr& head,
                         const std::function<bool(const chain::TipsetPtr&)>& has) {
    while (!common_.empty() && common_.front()->height() + kLasting <= head->height()) {
        const auto earlier = common_.front();
        common_.pop_front();
        if (!has(earlier)) continue;  // a node that was down has brought a different one
        for (const auto node : nodes) agreed_[node] = std::max(agreed_[node], earlier->height());
    }
    if (common_.empty() || common_.back()->key() != head->key()) common_.push_back(head);
}

void Checks::on_state(std::size_t node, const chain::Tipset& tipset, const Cid& root) {
    const auto [it, is_first] = states_.try_emplace(tipset.key(), root);
    if (is_first || it->second == root) return;
    add(Rule::one_state, fmt::format("node {} gets the state {} from a tipset of epoch {}; a different node got {}",
                                     node, root.to_string(), tipset.height(), it->second.to_string()));
}

void Checks::on_size(std::size_t node, std::string_view what, std::size_t size, std::size_t limit) {
    if (size > limit) add(Rule::memory, fmt::format("node {} has {} {}, more than {}", node, size, what, limit));
}

void Checks::on_score(std::size_t node, std::size_t peer, double score) {
    if (score < net::GossipConfig().graylist_threshold)
        add(Rule::score, fmt::format("node {} gives node {} the gossip score {}", node, peer, score));
}

void Checks::on_supply(const TokenAmount& sum) {
    if (sum != kSupply)
        add(Rule::supply,
            fmt::format("all balances together are {} attoFIL, expected {}", sum.to_string(), kSupply.to_string()));
}

void Checks::on_last_heads(const std::vector<LastHead>& heads) {
    std::map<TipsetKey, std::vector<std::size_t>> nodes;
    for (std::size_t i = 0; i < heads.size(); ++i) nodes[heads[i].tipset->key()].push_back(i);
    if (nodes.size() < 2) return;
    std::string text = "the heads did not become one:";
    for (const auto& [key, with] : nodes) {
        const auto& [tipset, note] = heads[with.front()];
        text += fmt::format(" nodes {} have epoch {} ({})", fmt::join(with, ", "), tipset->height(), note);
    }
    add(Rule::one_head, std::move(text));
}

void Checks::on_last_height(ChainEpoch height, ChainEpoch least) {
    if (height < least)
        add(Rule::growth, fmt::format("the chain ends at epoch {}, expected at least {}", height, least));
}

void Checks::on_failure(std::size_t node, const Error& why) {
    add(Rule::failure, fmt::format("node {}: {}", node, why.message()));
}

}  // namespace strata::simulation

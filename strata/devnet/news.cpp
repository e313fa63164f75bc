#include <strata/devnet/news.hpp>

#include <fmt/format.h>

#include <strata/actors/miner/deadline_info.hpp>
#include <strata/actors/read/miner.hpp>
#include <strata/chain/api.hpp>
#include <strata/chain/base_fee.hpp>
#include <strata/market/provider_market.hpp>
#include <strata/node/node.hpp>
#include <strata/provider/api.hpp>
#include <strata/types/basic.hpp>
#include <strata/vm/state_tree.hpp>

namespace strata::devnet {
namespace {

/// A summary appears after this many epochs: once a minute if a block takes 4 seconds.
constexpr ChainEpoch kSummaryEvery = 15;

std::string provider_name(std::size_t index) {
    return fmt::format("provider {}", index + 1);
}

std::string node_name(std::size_t index) {
    return index < kProviders ? provider_name(index) : "client";
}

}  // namespace

News::News(Devnet& net, terminal::Report& report) : net_(net), report_(report) {
    // The present state is noted without being reported, so that only changes are news.
    for (std::size_t i = 0; i < kProviders; ++i) {
        tell_sectors(i, /*quietly=*/true);
        tell_deals(i, /*quietly=*/true);
    }
}

void News::tell(ChainEpoch epoch) {
    for (std::size_t i = 0; i < kProviders; ++i) {
        tell_sectors(i, /*quietly=*/false);
        tell_deals(i, /*quietly=*/false);
    }
    tell_failures();
    if (epoch < next_summary_) return;
    next_summary_ = epoch + kSummaryEvery;
    tell_summary(epoch);
}

void News::tell_sectors(std::size_t provider, bool quietly) {
    for (const auto& sector : net_.provider(provider).provider()->sectors()) {
        const auto [it, is_new] = sectors_.try_emplace({provider, sector.number}, sector.state);
        if (!is_new && it->second == sector.state) continue;
        it->second = sector.state;
        if (quietly) continue;
        const bool failed = sector.state == provider::SectorState::failed;
        report_.fact(provider_name(provider), fmt::format("sector {} is in state {}{}{}", sector.number,
                                                          provider::sector_state_name(sector.state), failed ? ": " : "",
                                                          failed ? sector.reason : ""));
    }
}

void News::tell_deals(std::size_t provider, bool quietly) {
    for (const auto& deal : net_.provider(provider).market()->deals()) {
        const Cid cid = market::proposal_cid(deal.deal.proposal);
        const auto [it, is_new] = deals_.try_emplace({provider, cid}, deal.stage);
        if (!is_new && it->second == deal.stage) continue;
        it->second = deal.stage;
        if (quietly) continue;
        const std::string name = deal.id != 0
                                     ? fmt::format("deal {}", deal.id)
                                     : fmt::format("the deal for piece {}", deal.deal.proposal.piece_cid.to_string());
        const bool failed = deal.stage == market::DealStage::failed;
        report_.fact(provider_name(provider), fmt::format("{} is {}{}{}", name, market::deal_stage_name(deal.stage),
                                                          failed ? ": " : "", failed ? deal.failure : ""));
    }
}

void News::tell_failures() {
    std::map<std::pair<std::size_t, node::Part>, std::string> now;
    for (std::size_t i = 0; i < net_.nodes().size(); ++i)
        for (const auto& [part, failure] : net_.nodes()[i]->health().failures()) now[{i, part}] = failure.why;
    for (const auto& [which, why] : now)
        if (const auto it = failures_.find(which); it == failures_.end())
            report_.fact(node_name(which.first),
                         fmt::format("the {} part failed and will try again: {}", node::part_name(which.second), why));
    for (const auto& [which, why] : failures_)
        if (!now.contains(which))
            report_.fact(node_name(which.first), fmt::format("the {} part works again", node::part_name(which.second)));
    failures_ = std::move(now);
}

// Describes the next opening, for any provider, of a deadline that has sectors to prove.
std::string News::next_proof(ChainEpoch epoch) {
    std::optional<std::pair<ChainEpoch, std::size_t>> next;
    auto& chain = net_.client().chain();
    auto state = chain.head_state();
    if (!state) return "unknown";
    for (std::size_t i = 0; i < kProviders; ++i) {
        const auto miner = actors::read::Miner::load(*state, Address::id(kFirstMiner + i));
        const auto view = miner ? miner->proving() : Result<actors::read::ProvingView>(miner.error());
        if (!view) continue;
        for (std::size_t d = 0; d < view->deadlines.size(); ++d) {
            const auto& partitions = view->deadlines[d].partitions;
            if (std::ranges::all_of(partitions, [](const auto& partition) { return partition.live.empty(); })) continue;
            const ChainEpoch open =
                view->period_start + static_cast<ChainEpoch>(d) * actors::miner::kWPoStChallengeWindow;
            // The deadline opens once in each proving period; the remainder is made positive, since `open` may lie in
            // the past.
            const ChainEpoch wait = ((open - epoch) % kProvingPeriod + kProvingPeriod) % kProvingPeriod;
            if (!next || wait < next->first) next = std::pair(wait, i);
        }
    }
    if (!next) return "none";
    return fmt::format("{}'s deadline opens in {} epochs", provider_name(next->second), next->first);
}

void News::tell_summary(ChainEpoch epoch) {
    auto& chain = net_.client().chain();
    const auto head = chain.head();
    const auto fee = chain.base_fee_after(*head);
    std::size_t active = 0, waiting = 0;
    for (const auto& [which, stage] : deals_) {
        if (stage == market::DealStage::active) ++active;
        if (stage < market::DealStage::active) ++waiting;
    }
    report_.fact(fmt::format("epoch {}", epoch),
                 fmt::format("head {} with {} block(s), base fee {} attoFIL, {} message(s) waiting", head->height(),
                             head->blocks().size(), fee ? fee->to_string() : "unknown", chain.pending_count()));
    report_.fact(
        "", fmt::format("deals: {} active, {} not active yet; next proof: {}", active, waiting, next_proof(epoch)));
}

}  // namespace strata::devnet

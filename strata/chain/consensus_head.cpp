// Which tipset is the head: formed of validated blocks, heaviest first. Source: node.md §10 (lotus
// chain/store/store.go).
#include <strata/chain/consensus.hpp>
#include <strata/chain/weight.hpp>

namespace strata::chain {
namespace {

// Around a head that lost a block, Lotus looks for another one at these heights.
constexpr ChainEpoch kSearchAbove = 5;
constexpr ChainEpoch kSearchBelow = 4;

}  // namespace

// The validated blocks of a height, without those of miners that signed two.
Result<std::vector<BlockHeader>> Consensus::honest_at(ChainEpoch height) {
    std::vector<BlockHeader> blocks;
    const std::string prefix = "chain/valid/" + std::to_string(height) + "/";
    STRATA_OK(chain_.meta().for_each(prefix, [&](std::string_view key, BytesView) -> Result<bool> {
        STRATA_TRY(const Cid cid, Cid::parse(key.substr(prefix.size())));
        STRATA_TRY(blocks.emplace_back(), chain_.header(cid));
        return true;
    }));
    std::map<Address, int> signed_by;
    for (const auto& block : blocks) ++signed_by[block.miner];
    std::erase_if(blocks, [&](const BlockHeader& block) { return signed_by[block.miner] > 1; });
    return blocks;
}

Result<std::optional<Consensus::Candidate>> Consensus::heaviest_at(ChainEpoch height) {
    STRATA_TRY(auto blocks, honest_at(height));
    std::map<TipsetKey, std::vector<BlockHeader>> by_parents;
    for (auto& block : blocks) by_parents[TipsetKey(block.parents)].push_back(std::move(block));
    std::optional<Candidate> best;
    for (auto& [parents, group] : by_parents) {
        STRATA_TRY(auto tipset, Tipset::make(std::move(group)));
        STRATA_TRY(auto weight, chain_weight(chain_, *tipset));
        if (best && (weight < best->weight || (weight == best->weight && !wins_tie(*tipset, *best->tipset)))) continue;
        best = Candidate{std::move(tipset), std::move(weight)};
    }
    return best;
}

Result<bool> Consensus::is_head_honest() {
    const auto head = chain_.head();
    if (head->height() == 0) return true;
    STRATA_TRY(const auto honest, honest_at(head->height()));
    return std::ranges::all_of(head->blocks(), [&](const BlockHeader& block) {
        return std::ranges::any_of(honest, [&](const BlockHeader& other) { return other.miner == block.miner; });
    });
}

// After a block of `height` was validated.
Status Consensus::choose_head(ChainEpoch height) {
    if (height == 0) return {};
    const auto head = chain_.head();
    if (height == head->height()) {
        STRATA_TRY(const bool honest, is_head_honest());
        if (!honest) {
            // The head's own weight counts no more.
            std::optional<Candidate> best;
            for (ChainEpoch at = height + kSearchAbove; at >= std::max<ChainEpoch>(1, height - kSearchBelow); --at) {
                STRATA_TRY(auto found, heaviest_at(at));
                if (found && (!best || best->weight < found->weight)) best = std::move(found);
            }
            return best ? take_head(best->tipset) : Status{};
        }
    }
    STRATA_TRY(const auto found, heaviest_at(height));
    if (!found || found->tipset->key() == head->key()) return {};
    STRATA_TRY(const auto weight, chain_weight(chain_, *head));
    const bool heavier = weight < found->weight || (weight == found->weight && wins_tie(*found->tipset, *head));
    return heavier ? take_head(found->tipset) : Status{};
}

Status Consensus::take_head(const TipsetPtr& tipset) {
    STRATA_TRY(const auto way, way_between(chain_, chain_.head(), tipset));
    STRATA_OK(chain_.set_head(tipset));
    for (const auto& listener : listeners_) listener(way.reverted, way.applied);
    return {};
}

}  // namespace strata::chain

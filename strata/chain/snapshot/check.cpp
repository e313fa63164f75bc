#include <strata/chain/snapshot/check.hpp>

#include <strata/chain/chain_store.hpp>
#include <strata/chain/snapshot/import.hpp>
#include <strata/chain/snapshot/walk.hpp>

namespace strata::chain {
namespace {

constexpr std::uint64_t kTipsetsBetweenReports = 500;

std::string epoch_text(const Tipset& tipset) {
    return "epoch " + std::to_string(tipset.height());
}

// A snapshot has the state of an old genesis, but not its messages.
Status check_content(const Tipset& tipset, bool with_messages, SnapshotWalk& walk) {
    for (const auto& block : tipset.blocks()) {
        if (with_messages) STRATA_OK(walk.below(block.messages));
        STRATA_OK(walk.below(block.parent_state_root));
    }
    return {};
}

}  // namespace

Result<ChainCheck> check_chain(Blockstore& blocks, const std::vector<Cid>& head, const CheckOptions& options) {
    store::MemoryKeyValue unused;
    ChainStore chain(blocks, unused);
    SnapshotWalk headers(blocks, options.max_memory, [](const Cid&, BytesView) -> Status { return {}; });
    ChainCheck out;
    STRATA_TRY(out.head, chain.tipset(TipsetKey(head)));
    const auto stop_if_asked = [&](const Cid&, BytesView) -> Status {
        return options.watch.stopped() ? Status(fail(Errc::cancelled, "stopped")) : Status{};
    };
    SnapshotWalk content(blocks, options.max_memory, stop_if_asked);
    bool recent = true;
    for (auto at = out.head;;) {
        if (out.tipsets % (recent ? 1 : kTipsetsBetweenReports) == 0)
            STRATA_OK(options.watch.at(epoch_text(*at), 1.0 - static_cast<double>(at->height()) /
                                                                  static_cast<double>(out.head->height() + 1)));
        for (const auto& cid : at->cids()) STRATA_OK(headers.one(cid));
        recent = recent && at->height() > out.head->height() - options.most_states;
        if (recent) {
            STRATA_TRY(recent, blocks.has(at->parent_state_root()));
        }
        if (recent || at->height() == 0) {
            auto complete = check_content(*at, recent, content);
            if (!complete) return std::move(complete).error().with_context(epoch_text(*at));
        }
        if (recent) ++out.states;
        ++out.tipsets;
        out.headers += at->blocks().size();
        out.genesis = at;
        if (at->height() == 0) break;
        auto below = chain.parent(*at);
        if (!below) return std::move(below).error().with_context("the parents of " + epoch_text(*at));
        if ((*below)->height() >= at->height())
            return fail(Errc::verification, epoch_text(*at) + " has parents of " + epoch_text(**below));
        at = *below;
    }
    out.state_blocks = content.visited();
    STRATA_TRY(out.network, network_name_at(blocks, *out.genesis));
    return out;
}

}  // namespace strata::chain

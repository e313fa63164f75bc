#include <strata/chain/store_check.hpp>

#include <strata/chain/chain_store.hpp>
#include <strata/chain/collector.hpp>
#include <strata/chain/snapshot/walk.hpp>
#include <strata/chain/valid_mark.hpp>
#include <strata/ipld/collected_blockstore.hpp>

namespace strata::chain {
namespace {

constexpr std::string_view kImportedKey = "chain/imported";
constexpr std::uint64_t kBlocksBetweenReports = 4'096;

struct Imported {
    ChainEpoch head = 0;
    STRATA_CBOR_TUPLE(head);
};

class StoreWalk {
  public:
    StoreWalk(ChainStore& chain, const StoreCheckOptions& options)
        : chain_(chain),
          options_(options),
          walk_(chain.blocks(), options.max_memory, [this](const Cid&, BytesView) { return report(); }) {}

    Result<StoreCheck> run() {
        STRATA_OK(read_records());
        out_.head = at_ = chain_.head();
        for (;;) {
            auto done = check_tipset(*at_);
            if (!done) return std::move(done).error().with_context("epoch " + std::to_string(at_->height()));
            ++out_.tipsets;
            out_.headers += at_->blocks().size();
            if (at_->height() == 0) break;
            auto below = chain_.parent(*at_);
            if (!below)
                return std::move(below).error().with_context("the parents of epoch " + std::to_string(at_->height()));
            if ((*below)->height() >= at_->height())
                return fail(Errc::verification, "the tipset of epoch " + std::to_string(at_->height()) +
                                                    " has parents of epoch " + std::to_string((*below)->height()));
            at_ = *below;
        }
        if (at_->key() != chain_.genesis()->key())
            return fail(Errc::verification, "the chain begins with " + at_->key().to_string() + ", expected genesis " +
                                                chain_.genesis()->key().to_string());
        STRATA_OK(check_forks());
        out_.blocks = walk_.visited();
        out_.bytes = walk_.bytes();
        out_.left_out = walk_.left_out();
        return out_;
    }

  private:
    Status read_records() {
        STRATA_TRY(const auto record, chain_.meta().get(kImportedKey));
        if (record) {
            STRATA_TRY(const auto imported, from_cbor<Imported>(*record));
            imported_ = imported.head;
        }
        STRATA_TRY(const auto last, last_collection(chain_.meta()));
        if (last) kept_from_ = last->kept_from;
        return {};
    }

    Status report() {
        if (options_.watch.stopped()) return options_.watch.at("", 0);
        if (reports_++ % kBlocksBetweenReports != 0) return {};
        const auto height = at_ ? at_->height() : 0;
        const auto total = static_cast<double>(out_.head->height() + 1);
        return options_.watch.at("epoch " + std::to_string(height) + ", " + std::to_string(walk_.visited()) +
                                     " blocks, " + std::to_string(walk_.bytes() >> 20U) + " MiB",
                                 1.0 - static_cast<double>(height) / total);
    }

    // Checks what is below a link. Of what came with a snapshot, it may be missing as a whole.
    Result<bool> below(const Cid& root, ChainEpoch height) {
        if (height <= imported_) {
            STRATA_TRY(const bool here, lasting(chain_.blocks()).has(root));
            if (!here) return false;
        }
        STRATA_OK(walk_.below(root));
        return true;
    }

    Status check_tipset(const Tipset& tipset) {
        bool has_messages = true;
        for (const auto& block : tipset.blocks()) {
            STRATA_OK(walk_.one(block.cid()));
            STRATA_TRY(const bool here, below(block.messages, tipset.height()));
            has_messages = has_messages && here;
        }
        if (!has_messages) ++out_.without_messages;
        STRATA_OK(below(tipset.parent_receipts(), tipset.height()));
        return check_state(tipset);
    }

    Status check_state(const Tipset& tipset) {
        if (tipset.height() == 0) return walk_.below(tipset.parent_state_root());
        if (ended_ || tipset.height() < kept_from_ || out_.states >= options_.most_states) return {};
        STRATA_TRY(const bool here, below(tipset.parent_state_root(), tipset.height()));
        ended_ = !here;
        if (!here) return {};
        ++out_.states;
        out_.states_from = tipset.height();
        return {};
    }

    // The blocks of the chain itself were visited already.
    Status check_forks() {
        at_ = nullptr;
        return chain_.meta().for_each(kValidPrefix, [&](std::string_view key, BytesView) -> Result<bool> {
            STRATA_TRY(const auto mark, parse_valid_mark(key));
            if (mark.height < kept_from_ || mark.height <= imported_ || options_.most_states != UINT64_MAX) return true;
            const auto before = walk_.visited();
            auto done = check_fork(mark);
            if (!done)
                return std::move(done).error().with_context("a valid block of epoch " + std::to_string(mark.height));
            if (walk_.visited() != before) ++out_.forks;
            return true;
        });
    }
    Status check_fork(const ValidMark& mark) {
        STRATA_OK(walk_.one(mark.block));
        STRATA_TRY(const auto header, chain_.header(mark.block));
        STRATA_OK(walk_.below(header.messages));
        return walk_.below(header.parent_state_root);
    }

    ChainStore& chain_;
    const StoreCheckOptions& options_;
    SnapshotWalk walk_;
    TipsetPtr at_;
    ChainEpoch imported_ = -1;
    ChainEpoch kept_from_ = 0;
    bool ended_ = false;  // the states that came with a snapshot
    std::uint64_t reports_ = 0;
    StoreCheck out_;
};

}  // namespace

store::Write imported_up_to(ChainEpoch head) {
    return {std::string(kImportedKey), to_cbor(Imported{head})};
}

Result<StoreCheck> check_store(ChainStore& chain, const StoreCheckOptions& options) {
    return StoreWalk(chain, options).run();
}

}  // namespace strata::chain

#include <strata/chain/snapshot/export.hpp>

#include <chrono>

#include <strata/chain/chain_store.hpp>
#include <strata/chain/snapshot/walk.hpp>
#include <strata/ipld/collected_blockstore.hpp>
#include <strata/ipld/indexed_car_writer.hpp>

namespace strata::chain {
namespace {

// The two ways in which blocks are put into a file.
class Target {
  public:
    virtual ~Target() = default;
    virtual Status put(const Cid& cid, BytesView data) = 0;
    /// For the first blocks of a snapshot of version 2.
    virtual Status put_front(const Cid& cid, std::uint64_t size, const ByteSource& data) = 0;
    virtual Status finish() = 0;
};

class PlainTarget final : public Target {
  public:
    explicit PlainTarget(const ByteSink& write) : write_(write) {}
    Status put(const Cid& cid, BytesView data) override {
        STRATA_OK(write_(car_section_head(cid, data.size())));
        return write_(data);
    }
    Status put_front(const Cid& cid, std::uint64_t size, const ByteSource& data) override {
        STRATA_OK(write_(car_section_head(cid, size)));
        Bytes piece(std::size_t{1} << 18);
        for (;;) {
            STRATA_TRY(const auto got, data(piece));
            if (got == 0) return {};
            STRATA_OK(write_(BytesView(piece).first(got)));
        }
    }
    Status finish() override { return {}; }

  private:
    const ByteSink& write_;
};

class IndexedTarget final : public Target {
  public:
    explicit IndexedTarget(std::unique_ptr<IndexedCarWriter> writer) : writer_(std::move(writer)) {}
    Status put(const Cid& cid, BytesView data) override { return writer_->put(cid, data); }
    Status put_front(const Cid& cid, std::uint64_t size, const ByteSource& data) override {
        return writer_->put_alone(cid, size, data);
    }
    Status finish() override { return writer_->finish(); }

  private:
    std::unique_ptr<IndexedCarWriter> writer_;
};

Result<std::unique_ptr<Target>> begin(const std::vector<Cid>& roots, const ByteSink& write,
                                      const SnapshotOptions& options) {
    if (options.format == SnapshotFormat::indexed) {
        STRATA_TRY(auto writer, IndexedCarWriter::begin(write, roots, {.beside = options.beside}));
        return std::unique_ptr<Target>(std::make_unique<IndexedTarget>(std::move(writer)));
    }
    STRATA_OK(write(car_header(roots)));
    return std::unique_ptr<Target>(std::make_unique<PlainTarget>(write));
}

Result<std::unique_ptr<Target>> begin_with_metadata(const std::vector<Cid>& head, const ByteSink& write,
                                                    const SnapshotOptions& options) {
    if (options.format == SnapshotFormat::v1) {
        if (options.f3)
            return fail(Errc::invalid_argument, "a snapshot of version 1 cannot hold F3 data; choose v2 or indexed");
        return begin(head, write, options);
    }
    SnapshotMetadata metadata{.head = head, .f3 = {}};
    if (options.f3) {
        STRATA_TRY(metadata.f3, f3_cid(*options.f3));
    }
    const Bytes block = to_block(metadata);
    const Cid root = Cid::hash_of(Codec::dag_cbor, block);
    STRATA_TRY(auto out, begin({root}, write, options));
    STRATA_OK(out->put_front(root, block.size(), memory_source(block)));
    if (options.f3)
        STRATA_OK(out->put_front(*metadata.f3, options.f3->size(),
                                 source_at(options.f3, std::make_shared<std::uint64_t>(0))));
    return out;
}

// Tells the rate about twice a second.
class Progress {
  public:
    Progress(const Watch& watch, ChainEpoch head) : watch_(watch), head_(head) {}
    /// Reports the epoch that the walk is at, on its way from the head down to genesis.
    Status at(ChainEpoch epoch, const SnapshotWalk& walk) {
        const auto now = Clock::now();
        if (now < next_) return watch_.stopped() ? watch_.at("", 0) : Status{};
        next_ = now + std::chrono::milliseconds(500);
        const std::chrono::duration<double> took = now - start_;
        const auto mib = static_cast<double>(walk.bytes()) / (1 << 20);
        const auto rate = took.count() > 0 ? mib / took.count() : 0.0;
        return watch_.at("epoch " + std::to_string(epoch) + ", " + std::to_string(walk.visited()) + " blocks, " +
                             std::to_string(static_cast<std::uint64_t>(mib)) + " MiB at " +
                             std::to_string(static_cast<std::uint64_t>(rate)) + " MiB/s",
                         1.0 - static_cast<double>(epoch) / static_cast<double>(head_ + 1));
    }

  private:
    using Clock = std::chrono::steady_clock;
    const Watch& watch_;
    ChainEpoch head_;
    Clock::time_point start_ = Clock::now();
    Clock::time_point next_ = start_;
};

Status export_block(const BlockHeader& block, bool with_state, bool with_messages, SnapshotWalk& walk) {
    STRATA_OK(walk.one(block.cid()));
    // The parent of genesis is not CBOR that could be walked.
    if (block.height == 0)
        for (const auto& parent : block.parents) STRATA_OK(walk.one(parent));
    if (with_messages) STRATA_OK(walk.below(block.messages));
    if (with_state || block.height == 0) STRATA_OK(walk.below(block.parent_state_root));
    return {};
}

/// Asks for the states above a height: what is asked for under a hold stays, also if a collection runs beside the
/// export (store/generations.hpp).
Status keep_states(ChainStore& chain, const TipsetPtr& head, ChainEpoch above) {
    for (auto at = head; at->height() > std::max<ChainEpoch>(0, above);) {
        STRATA_OK(chain.blocks().has(at->parent_state_root()));
        STRATA_TRY(at, chain.parent(*at));
    }
    return {};
}

}  // namespace

Result<SnapshotExport> export_snapshot(ChainStore& chain, const TipsetPtr& head, const ByteSink& write,
                                       const SnapshotOptions& options) {
    const auto held = hold(chain.blocks());
    STRATA_OK(keep_states(chain, head, head->height() - options.recent_states));
    STRATA_TRY(const auto target, begin_with_metadata(head->cids(), write, options));
    Progress progress(options.watch, head->height());
    TipsetPtr at = head;
    // Within one state there are many blocks, so the walk itself looks whether it must stop.
    SnapshotWalk* walking = nullptr;
    SnapshotWalk walk(chain.blocks(), options.max_memory, [&](const Cid& cid, BytesView data) -> Status {
        STRATA_OK(progress.at(at->height(), *walking));
        return target->put(cid, data);
    });
    walking = &walk;
    SnapshotExport out;
    for (;;) {
        const bool with_state = at->height() > head->height() - options.recent_states;
        for (const auto& block : at->blocks()) {
            auto done = export_block(block, with_state, with_state || options.all_messages, walk);
            if (!done && done.error().code() == Errc::missing_block)
                return std::move(done).error().with_context("epoch " + std::to_string(at->height()) +
                                                            " is not complete in this store (the states of fewer "
                                                            "epochs can be chosen with --recent-states)");
            STRATA_OK(done);
        }
        ++out.tipsets;
        if (at->height() == 0) break;
        STRATA_TRY(at, chain.parent(*at));
    }
    STRATA_OK(target->finish());
    out.blocks = walk.visited();
    out.bytes = walk.bytes();
    out.left_out = walk.left_out();
    return out;
}

Result<SnapshotExport> export_range(ChainStore& chain, const TipsetPtr& head, const TipsetPtr& tail,
                                    const ByteSink& write, const RangeOptions& options) {
    const auto held = hold(chain.blocks());
    if (options.states) STRATA_OK(keep_states(chain, head, tail->height() - 1));
    STRATA_OK(write(car_header(head->cids())));
    PlainTarget target(write);
    Progress progress(options.watch, head->height());
    TipsetPtr at = head;
    SnapshotWalk* walking = nullptr;
    SnapshotWalk walk(chain.blocks(), options.max_memory, [&](const Cid& cid, BytesView data) -> Status {
        STRATA_OK(progress.at(at->height(), *walking));
        return target.put(cid, data);
    });
    walking = &walk;
    SnapshotExport out;
    for (;;) {
        for (const auto& block : at->blocks()) {
            STRATA_OK(walk.one(block.cid()));
            if (options.messages) STRATA_OK(walk.below(block.messages));
            if (options.receipts) STRATA_OK(walk.below(block.parent_message_receipts));
            if (options.states) STRATA_OK(walk.below(block.parent_state_root));
        }
        ++out.tipsets;
        if (at->height() <= tail->height()) break;
        STRATA_TRY(at, chain.parent(*at));
    }
    out.blocks = walk.visited();
    out.bytes = walk.bytes();
    out.left_out = walk.left_out();
    return out;
}

}  // namespace strata::chain

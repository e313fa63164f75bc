#include <strata/node/stored_states.hpp>

#include <thread>

#include <strata/base/files.hpp>
#include <strata/chain/chain_store.hpp>
#include <strata/node/chain_export.hpp>
#include <strata/node/snapshot.hpp>
#include <strata/store/repository.hpp>

namespace strata::node {
namespace {

namespace fs = std::filesystem;

constexpr auto kForDatabase = std::chrono::milliseconds(10);

struct Opened {
    fs::path folder;
    std::unique_ptr<store::Repository> repository;
    std::unique_ptr<chain::ChainStore> chain;
};

Result<Opened> open(const fs::path& folder) {
    Opened out;
    STRATA_TRY(out.folder, node_folder(folder));
    STRATA_TRY(out.repository, store::Repository::open(out.folder / "repository"));
    STRATA_OK(open_snapshot_below(*out.repository));
    out.chain = std::make_unique<chain::ChainStore>(out.repository->blocks(), out.repository->records());
    if (auto opened = out.chain->open(); !opened) return std::move(opened).error().with_context(out.folder.string());
    return out;
}

}  // namespace

Result<StoredStates> stored_states(const fs::path& folder) {
    STRATA_TRY(const auto node, open(folder));
    const auto& generations = node.repository->generations();
    StoredStates out;
    out.families = generations.sizes();
    out.disk_bytes = bytes_below(node.folder / "repository");
    out.collecting = generations.is_collecting();
    out.old_chain = generations.has_old_chain();
    STRATA_TRY(out.in_place, snapshot_below(*node.repository));
    out.head = node.chain->head();
    STRATA_TRY(out.last, chain::last_collection(node.repository->records()));
    return out;
}

Result<chain::StoreCheck> check_repository(const fs::path& folder, const chain::StoreCheckOptions& options,
                                           bool every_block) {
    STRATA_TRY(const auto node, open(folder));
    STRATA_TRY(auto out, chain::check_store(*node.chain, options));
    if (every_block) STRATA_OK(node.repository->verify());
    return out;
}

Result<chain::Collector::Progress> collect_repository(const fs::path& folder, ChainEpoch keep_epochs,
                                                      const Watch& watch) {
    STRATA_TRY(const auto node, open(folder));
    chain::CollectorOptions options;
    options.keep_epochs = keep_epochs;
    options.step_bytes = std::uint64_t{4} << 20;
    options.at_end.push_back(no_snapshot_below());
    auto& generations = node.repository->generations();
    chain::Collector collector(*node.chain, nullptr, generations, std::move(options));
    // A collection that was sealed chose its states long ago, so a new one follows it.
    int left = generations.is_sealed() ? 2 : 1;
    for (collector.force();;) {
        STRATA_TRY(const auto step, collector.step());
        if (step == chain::Collector::Step::waits) std::this_thread::sleep_for(kForDatabase);
        const auto progress = collector.progress();
        if (step == chain::Collector::Step::ended) {
            if (--left == 0) return progress;
            collector.force();
        }
        const auto [blocks, bytes] = generations.is_sealed() ? progress.moved : progress.needed;
        const auto done = static_cast<double>(progress.needed.bytes + progress.moved.bytes) / 2 /
                          static_cast<double>(progress.before + 1);
        STRATA_OK(watch.at(std::to_string(blocks) + " blocks, " + std::to_string(bytes >> 20U) +
                               (generations.is_sealed() ? " MiB moved" : " MiB are needed"),
                           std::min(done, 1.0)));
    }
}

}  // namespace strata::node

#include <strata/devnet/snapshot_start.hpp>

#include <fmt/format.h>

#include <strata/base/files.hpp>
#include <strata/chain/chain_store.hpp>
#include <strata/node/download.hpp>
#include <strata/node/snapshot.hpp>
#include <strata/store/repository.hpp>

namespace strata::devnet {
namespace {

namespace fs = std::filesystem;

constexpr const char* kDownloads = "snapshot";  // in the node's folder

Status refuse_second_chain(const fs::path& folder) {
    const auto repository_folder = folder / "repository";
    std::error_code error;
    if (!fs::exists(repository_folder, error)) return {};
    STRATA_TRY(const auto repository, store::Repository::open(repository_folder));
    STRATA_OK(node::open_snapshot_below(*repository));
    chain::ChainStore chain(repository->blocks(), repository->records());
    const auto opened = chain.open();
    if (!opened) return opened.error().code() == Errc::not_found ? Status{} : opened;
    return fail(Errc::busy,
                fmt::format("--import-snapshot: {} holds a chain already, with its head at epoch {}; leave "
                            "the option out to go on with it, or remove {} to begin anew",
                            folder.string(), chain.head()->height(), (repository_folder / "chain").string()));
}

Result<fs::path> fetched(const std::string& source, const fs::path& folder, const Watch& watch) {
    if (node::is_url(source)) return node::download(source, folder / kDownloads, {.watch = watch});
    std::error_code error;
    if (fs::is_regular_file(source, error)) return fs::path(source);
    return fail(
        Errc::invalid_argument,
        fmt::format("--import-snapshot {}: there is no such file; expected a file, or a URL of http or https", source));
}

}  // namespace

Status begin_with_snapshot(const std::string& source, const fs::path& folder, const ChosenNetwork& network,
                           terminal::Report& report, const std::atomic<bool>& stop) {
    STRATA_OK(refuse_second_chain(folder));
    report.stage("The chain begins with a snapshot");
    const auto watch = report.watch(&stop);
    STRATA_TRY(const auto file, fetched(source, folder, watch));
    node::SnapshotImportOptions options;
    options.expected = {.network = &network.network, .genesis = network.genesis_cid};
    options.in_place = network.genesis_cid && node::has_index(file);
    options.watch = watch;
    const auto imported = node::import_snapshot(file, folder, options);
    const auto is_about_file = [](Errc code) {
        return code == Errc::malformed || code == Errc::verification || code == Errc::truncated ||
               code == Errc::too_large || code == Errc::missing_block;
    };
    if (!imported && node::is_url(source) && is_about_file(imported.error().code()))
        return Error(imported.error())
            .with_context("the snapshot in " + file.string() +
                          " cannot be imported; remove that file to fetch it again");
    if (!imported) return imported.error();
    report.fact("snapshot", fmt::format("head at epoch {}, {}", imported->head->height(),
                                        options.in_place ? "used in place: " + file.string() + " must stay where it is"
                                                         : fmt::format("{} blocks imported", imported->blocks)));
    return node::is_url(source) && !options.in_place ? remove_path(folder / kDownloads) : Status{};
}

}  // namespace strata::devnet

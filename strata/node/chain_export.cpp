#include <strata/node/chain_export.hpp>

#include <strata/base/file_writer.hpp>
#include <strata/chain/chain_store.hpp>
#include <strata/node/snapshot.hpp>
#include <strata/store/repository.hpp>

namespace strata::node {
namespace {

namespace fs = std::filesystem;

// A node's folder, one node of a local network, one of a demo (docs/formats/network.md).
constexpr const char* kPlaces[] = {"", "client", "network/client", "run/network/client"};
constexpr const char* kRepository = "repository";
constexpr const char* kDescription = "network.json";

fs::path description_for(const fs::path& file) {
    std::string name = file.filename();
    if (name.ends_with(".car")) name.resize(name.size() - std::string_view(".car").size());
    return file.parent_path() / (name + ".network.json");
}

Result<fs::path> copy_description(const fs::path& node, const fs::path& file) {
    std::error_code ignored;
    for (const auto& from : {node / kDescription, node.parent_path() / kDescription}) {
        if (!fs::exists(from, ignored)) continue;
        const auto to = description_for(file);
        STRATA_OK(strata::copy_file(from, to));
        return to;
    }
    return fs::path();
}

}  // namespace

Result<fs::path> node_folder(const fs::path& folder) {
    std::error_code ignored;
    for (const auto* place : kPlaces)
        if (fs::is_directory(folder / place / kRepository, ignored)) return folder / place;
    return fail(Errc::not_found,
                folder.string() +
                    " holds no chain, expected the folder of a node (with repository/), of a local network (with "
                    "client/repository/) or of a demo that was run with --keep");
}

Result<ExportedChain> export_chain(const fs::path& folder, const fs::path& file, const Watch& watch) {
    STRATA_TRY(const auto node, node_folder(folder));
    STRATA_TRY(const auto repository, store::Repository::open(node / kRepository));
    STRATA_OK(open_snapshot_below(*repository));
    chain::ChainStore chain(repository->blocks(), repository->records());
    if (auto opened = chain.open(); !opened) return std::move(opened).error().with_context(node.string());
    ExportedChain out;
    const auto head = chain.head();
    out.head = head->key();
    out.height = head->height();
    STRATA_TRY(auto writer, FileWriter::create(file));
    STRATA_TRY(out.content,
               chain::export_chain(chain, head, [&](BytesView bytes) { return writer.write(bytes); }, watch));
    STRATA_TRY(out.description, copy_description(node, file));
    STRATA_OK(writer.commit());
    return out;
}

}  // namespace strata::node

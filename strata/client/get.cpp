#include <strata/client/get.hpp>

#include <algorithm>
#include <map>

#include <strata/base/files.hpp>
#include <strata/store/families.hpp>
#include <strata/store/rocks_store.hpp>
#include <strata/types/piece.hpp>

namespace strata::client {
namespace {

namespace fs = std::filesystem;
using retrieval::FileSource;

/// The pieces of a file, by the miner that has them.
using Holders = std::map<Address, std::vector<Cid>>;

void add_piece(Holders& holders, const Address& miner, const Cid& piece) {
    auto& pieces = holders[miner];
    if (std::ranges::find(pieces, piece) == pieces.end()) pieces.push_back(piece);
}

/// Adds what the client's records and the labels of the deals on the chain say. Returns why the chain could not be
/// asked: a large network has too many deals.
Result<std::string> add_holders(NodeCalls& node, const PutFolder& folder, const Cid& root, Holders& holders) {
    STRATA_TRY(const auto records, folder.all());
    for (const auto& record : records)
        for (const auto& deal : record.deals)
            if (record.root == root && deal.stage >= PutStage::sent && deal.stage != PutStage::failed)
                add_piece(holders, record.miner, deal.piece.cid);
    const auto deals = node.deals();
    if (!deals) return deals.error().message();
    const auto label = root.to_string();
    for (const auto& deal : *deals)
        if (const auto* text = std::get_if<std::string>(&deal.proposal.label.value); text != nullptr && *text == label)
            add_piece(holders, deal.proposal.provider, deal.proposal.piece_cid);
    return std::string();
}

Error not_here(const NodeCalls& node, const Cid& root, const GetOptions& options, bool is_known, std::string why) {
    std::string text = is_known ? "a provider that has " + root.to_string() + " cannot be reached"
                                : "no deal on the chain and no provider that can be reached has " + root.to_string();
    if (options.miner) text += " (asked for the miner " + node.text(*options.miner) + ")";
    if (!why.empty()) text += ": " + std::move(why);
    return fail(Errc::not_found, text +
                                     "; strata deals list shows the files that are stored; --provider URL asks a "
                                     "provider that is not listed");
}

/// Says who was asked. Every complaint of every source would fill the terminal, so only the begin is shown.
Error not_complete(const Cid& root, std::span<const FileSource> sources, const Error& why) {
    constexpr std::size_t kShown = 300;
    std::string urls;
    for (const auto& source : sources) urls += (urls.empty() ? "" : ", ") + source.url;
    const bool is_known = std::ranges::any_of(sources, [](const auto& source) { return !source.pieces.empty(); });
    if (is_known)
        return fail(Errc::not_found, "by a deal, " + urls + " has " + root.to_string() +
                                         ", but not all of it came: " + why.message().substr(0, kShown) +
                                         "…; strata deals list shows whether the deal is still good");
    return fail(Errc::not_found, "no deal on the chain names " + root.to_string() + ", and none of " + urls + " has " +
                                     root.to_string() +
                                     "; strata deals list shows the files that are stored; --provider URL asks a "
                                     "provider that is not listed");
}

Status check_options(const GetOptions& options) {
    if (is_piece_cid(options.root))
        return fail(Errc::invalid_argument, options.root.to_string() +
                                                " is the CID of a piece, not of a file; strata deals list shows the "
                                                "files' CIDs");
    std::error_code error;
    const auto status = fs::status(options.out, error);
    if (fs::is_directory(status))
        return fail(Errc::invalid_argument, "-o " + options.out.string() + ": this is a folder; name a file in it");
    if (fs::exists(status) && !options.replace)
        return fail(Errc::invalid_argument, "-o " + options.out.string() +
                                                ": this file exists; name a different one, or replace it with --force");
    return {};
}

/// `has_root` turns true if something came that is worth keeping: blocks come from the root on, or with whole pieces.
Result<retrieval::RetrievedFile> get_blocks(const GetOptions& options, std::span<const FileSource> sources,
                                            const fs::path& kept, const retrieval::RetrievalLimits& limits,
                                            const Watch& watch, bool& has_root) {
    STRATA_TRY(const auto store, store::RocksStore::open(kept / "blocks", store::Content::chain));
    STRATA_TRY(auto family, store->families().family(std::string(store::kBlocksFamily)));
    store::FamilyBlockstore blocks(std::move(family));
    auto out = retrieval::retrieve_file(options.root, sources, blocks, options.out, limits, watch);
    const auto has = blocks.has(options.root);
    has_root = !has || *has;
    return out;
}

bool holds_nothing(const fs::path& folder) {
    std::error_code error;
    const bool out = fs::is_empty(folder, error);
    return out && !error;
}

}  // namespace

Result<std::vector<FileSource>> find_sources(NodeCalls& node, const PutFolder& folder, const GetOptions& options,
                                             const Watch& watch) {
    std::vector<FileSource> out;
    const auto add = [&](const std::string& url, std::vector<Cid> pieces) {
        if (std::ranges::find(out, url, &FileSource::url) == out.end()) out.push_back({url, std::move(pieces)});
    };
    if (options.search.named && !options.miner) {
        for (const auto& url : options.search.urls) add(url, {});
        return out;
    }
    Holders holders;
    STRATA_TRY(auto why, add_holders(node, folder, options.root, holders));
    if (options.miner) std::erase_if(holders, [&](const auto& one) { return one.first != *options.miner; });
    const auto complain = [&](const std::vector<std::string>& complaints) {
        for (const auto& one : complaints) why += (why.empty() ? "" : "; ") + one;
    };
    for (const auto& [miner, pieces] : holders) {
        STRATA_TRY(const auto found, find_providers(node, options.search, miner, watch));
        for (const auto& provider : found.providers) add(provider.url, pieces);
        if (found.providers.empty()) complain(found.complaints);
    }
    // A provider may have a file of which neither chain nor records know; only those that are near are asked.
    if (out.empty()) {
        STRATA_TRY(const auto near, find_providers(node, options.search, options.miner, watch));
        for (const auto& provider : near.providers) add(provider.url, {});
        complain(near.complaints);
    }
    if (!out.empty()) return out;
    return not_here(node, options.root, options, !holders.empty(), std::move(why));
}

Result<GotFile> get_file(NodeCalls& node, const PutFolder& folder, const GetOptions& options, const Watch& watch) {
    STRATA_OK(check_options(options));
    STRATA_OK(watch.at("the providers that have the file are looked for", 0));
    STRATA_TRY(const auto sources, find_sources(node, folder, options, watch));
    // Named after the CID too: what came of a different file must not be mixed in.
    const fs::path kept = options.out.string() + "." + options.root.to_string() + ".unfinished";
    auto lock = FolderLock::take(kept);
    if (!lock && lock.error().code() == Errc::busy)
        return fail(Errc::busy, "a different strata get writes " + options.out.string() + "; wait for it");
    if (!lock) return std::move(lock).error();
    retrieval::RetrievalLimits limits;
    limits.parts = kept / "pieces";
    STRATA_OK(make_folders(limits.parts));
    bool has_root = false;
    auto got = get_blocks(options, sources, kept, limits, watch, has_root);
    if (!got && got.error().code() == Errc::missing_block) {
        if (!has_root && holds_nothing(limits.parts)) static_cast<void>(remove_path(kept));
        return not_complete(options.root, sources, got.error());
    }
    if (!got) return std::move(got).error();
    GotFile out{{}, std::move(*got)};
    for (const auto& source : sources) out.sources.push_back(source.url);
    STRATA_OK(remove_path(kept));
    return out;
}

}  // namespace strata::client

#include <strata/cli/storage_place.hpp>

#include <CLI/CLI.hpp>
#include <algorithm>

#include <nlohmann/json.hpp>

#include <strata/cli/home.hpp>
#include <strata/client/put.hpp>

namespace strata::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFiles = "files";
constexpr std::size_t kMaxNodes = 1'000;  // of a local network, that are looked at

}  // namespace

void add_provider_options(CLI::App& verb, StorageOptions& options) {
    verb.add_option("--miner", options.miner, "the provider's miner, such as t01000 (default: the verb chooses)");
    verb.add_option("--provider", options.providers,
                    "URL of a provider's market and data; may be repeated (default: the nodes of --network, then what "
                    "miners announce on the chain)");
}

void add_records_option(CLI::App& verb, StorageOptions& options) {
    verb.add_option("--records", options.records,
                    "where it is kept which files were put (default: \"files\" in the folder of the node that is "
                    "asked; with --api, a folder in ~/.cache/strata/files)");
}

Result<client::PutFolder> files_folder(const StorageOptions& options, client::NodeCalls& node) {
    auto path = options.records;
    if (path.empty() && names_folder(options)) {
        STRATA_TRY(path, node_folder(options));
        path /= kFiles;
    } else if (path.empty()) {
        STRATA_TRY(const auto genesis, node.genesis());
        path = cache_folder() / kFiles / genesis.to_string();
    }
    client::PutFolder out(path);
    STRATA_OK(check_network(node, out));
    return out;
}

client::ProviderSearch provider_search(const StorageOptions& options) {
    if (!options.providers.empty()) return {options.providers, /*named=*/true};
    client::ProviderSearch out;
    if (!names_folder(options)) return out;
    std::error_code error;
    std::size_t nodes = 0;
    for (fs::directory_iterator at(options.network, error), end; !error && at != end && nodes < kMaxNodes;
         at.increment(error), ++nodes)
        if (auto url = node::read_access_files(at->path()).url; !url.empty()) out.urls.push_back(std::move(url));
    std::ranges::sort(out.urls);
    return out;
}

Result<std::optional<Address>> chosen_miner(const StorageOptions& options) {
    if (options.miner.empty()) return std::optional<Address>{};
    STRATA_TRY(const auto address, parse_address(options.miner));
    if (address.as_id()) return std::optional(address);
    return fail(Errc::invalid_argument, "--miner " + options.miner + ": expected the ID of a miner, such as t01000");
}

api::Json record_json(const client::PutRecord& record, char prefix) {
    const api::Printer print(prefix);
    auto deals = api::Json::array();
    for (const auto& deal : record.deals) {
        const bool is_published = deal.stage == client::PutStage::published || deal.stage == client::PutStage::stored;
        const bool is_stored = deal.stage == client::PutStage::stored;
        api::Json one{{"Stage", client::stage_name(deal.stage)},
                      {"PieceCID", print(deal.piece.cid)},
                      {"PieceSize", deal.piece.size},
                      {"DataSize", deal.car_size},
                      {"Proposal", nullptr},
                      {"StartEpoch", nullptr},
                      {"EndEpoch", nullptr},
                      {"Cost", print(record.cost(deal))},
                      {"DealID", is_published ? api::Json(deal.id) : api::Json()},
                      {"Sector", is_stored ? api::Json(deal.sector) : api::Json()},
                      {"ProvenEpoch", is_stored ? api::Json(deal.proven) : api::Json()},
                      {"Failure", deal.failure}};
        if (deal.deal) {
            one["Proposal"] = print(market::proposal_cid(deal.deal->proposal));
            one["StartEpoch"] = deal.deal->proposal.start_epoch;
            one["EndEpoch"] = deal.deal->proposal.end_epoch;
        }
        deals.push_back(std::move(one));
    }
    return {{"CID", print(record.root)},
            {"File", record.file},
            {"Size", record.size},
            {"Stage", client::stage_name(record.stage())},
            {"Miner", print(record.miner)},
            {"Provider", record.url},
            {"Wallet", print(record.wallet)},
            {"Deals", std::move(deals)},
            {"NextStep", client::next_step(record)}};
}

}  // namespace strata::cli

#pragma once
// strata demo: stores a file on a local network, has it proven and paid for, and retrieves it, in virtual time.
#include <strata/actors/read/miner.hpp>
#include <strata/chain/audit.hpp>
#include <strata/devnet/devnet.hpp>
#include <strata/market/market_client.hpp>
#include <strata/retrieval/file_retriever.hpp>
#include <strata/terminal/report.hpp>

namespace strata::devnet {

struct DemoOptions {
    std::filesystem::path file;
    std::optional<std::uint64_t> sector_size;  // empty: the smallest that holds the file
    std::string seed;
    std::filesystem::path folder;      // for one demo at a time; files of a killed demo are removed first
    std::filesystem::path parameters;  // proof keys
    // As in DevnetConfig.
    std::filesystem::path bundle;
    std::filesystem::path wasm_cache;
    bool keep = false;  // true: the nodes' repositories stay for inspection
};

/// A piece of the file and the deal about it.
struct DemoDeal {
    retrieval::CarPiece piece;
    market::ClientDealProposal proposal;
    Cid cid;  // of the proposal
    market::DealStatus status;
};

/// The results that the table at the end shows.
struct DemoResult {
    std::uint64_t sector_size = 0;
    std::string seed;
    Cid genesis, head, root;
    ChainEpoch height = 0;
    std::uint64_t file_size = 0;
    std::vector<DemoDeal> deals;
    StoragePower power_before, power_after;
    std::uint64_t window_proofs = 0;      // WindowPoSt messages that landed
    std::uint64_t new_sector_blocks = 0;  // blocks that the new sectors won
    TokenAmount paid_by_client, paid_to_provider, client_fees;
    TokenAmount burnt, supply;
    chain::ChainAccount account;
    std::vector<actors::read::MinerMoney> providers;
};

class Demo {
  public:
    /// `report` and `stop` must outlive the demo. Once `stop` is true, the demo soon ends with Errc::cancelled.
    Demo(DemoOptions options, terminal::Report& report, const std::atomic<bool>& stop);
    ~Demo();

    /// Runs all stages. Errors: the first check that failed, with its cause.
    Status run();
    const DemoResult& result() const { return result_; }
    void print_table() const;

  private:
    // The stages, in their order (demo.cpp, demo_deal.cpp, demo_proving.cpp, demo_ledger.cpp).
    Status check_input();
    Status start_network();
    Status put_file();
    Status make_deals();
    Status seal();
    Status prove_period();
    Status get_file();
    Status settle();
    Status check_ledger();

    node::Node& provider() { return net_->provider(0); }
    /// Steps the network until `done` returns true, for at most `epochs` epochs.
    Status run_until(const std::function<Result<bool>()>& done, ChainEpoch epochs);
    /// Does the same, but every win that `wish` accepts makes a block.
    Status with_blocks(const std::function<Result<bool>()>& done, ChainEpoch epochs, Devnet::Wish wish = every_win);
    static bool every_win(std::size_t, const chain::Win&) { return true; }
    /// Runs until the client's chain has the message with exit code 0.
    Status wait_for(const Cid& message, std::string_view what);
    Status refresh_deals();
    Result<bool> all_deals_reached(market::DealStage stage);
    Result<StoragePower> power_of(std::size_t index);
    Result<TokenAmount> escrow_of(const Address& who);
    Status check_same_heads();
    /// The folder for everything that this demo writes, except the proof keys. It is removed at the end unless `keep`
    /// is set.
    std::filesystem::path run_folder() const { return options_.folder / "run"; }
    std::filesystem::path client_file(std::string_view name) const { return run_folder() / "client-files" / name; }

    DemoOptions options_;
    terminal::Report& report_;
    const std::atomic<bool>& stop_;
    DemoResult result_;
    std::unique_ptr<Devnet> net_;
    std::unique_ptr<market::MarketChain> client_chain_;
    std::unique_ptr<market::MarketClient> client_;
    retrieval::ClientFile file_;
    TokenAmount escrow_at_first_;
};

}  // namespace strata::devnet

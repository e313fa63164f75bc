#pragma once
// A node and a storage provider for tests, both scripted servers. The node's chain moves one epoch with each question
// for its head and executes what was pushed; the provider publishes a deal as soon as it has the data, and proves it
// some epochs later. Shapes of the node's answers: docs/protocol/node.md §28; of the provider's:
// docs/formats/market_http.md.
#include <gtest/gtest.h>

#include <fstream>

#include <nlohmann/json.hpp>

#include <strata/base/hex.hpp>
#include <strata/base/mutex.hpp>
#include <strata/client/put.hpp>
#include <strata/client/test_names.hpp>
#include <strata/http/server.hpp>
#include <strata/market/market_http.hpp>
#include <strata/retrieval/retrieval.hpp>
#include <strata/store/key_value.hpp>
#include <strata/testing/temp_folder.hpp>

namespace strata::client::testing {

using api::Json;

class ScriptedNode {
  public:
    ScriptedNode() {
        server_ = std::move(http::Server::start("127.0.0.1", 0, [this](const http::Request& request) {
                                return answer(request);
                            }).value());
    }
    std::string url() const { return server_->url(); }

    void set_balance(TokenAmount amount) {
        const Lock lock(mutex_);
        balance_ = std::move(amount);
    }
    /// From now on pushed messages stay in the pool.
    void hold_messages(bool hold) {
        const Lock lock(mutex_);
        holds_ = hold;
    }
    /// From now on pushed messages are refused with these words, whether or not they enter the pool; empty: no more.
    void refuse_messages(std::string why, bool takes) {
        const Lock lock(mutex_);
        refusal_ = std::move(why);
        takes_refused_ = takes;
    }
    /// Sets the URLs that every miner announced on the chain.
    void announce(const std::vector<std::string>& urls) {
        const Lock lock(mutex_);
        announced_ = Json::array();
        for (const auto& url : urls) announced_.push_back(to_base64(http_multiaddr(url).value()));
    }
    /// How often a method was called.
    std::size_t calls(const std::string& method) const {
        const Lock lock(mutex_);
        const auto found = calls_.find(method);
        return found == calls_.end() ? 0 : found->second;
    }
    /// Executes a message of somebody else with the next nonce, so that one with this nonce can never be executed.
    void use_nonce() {
        const Lock lock(mutex_);
        ++nonce_;
        pool_.clear();
    }
    DealId publish(const market::DealProposal& proposal) {
        const Lock lock(mutex_);
        actors::market::Deal deal{proposal, {}};
        deal.proposal.client = kClientId;
        locked_ += proposal.client_balance_requirement();
        deals_.push_back(std::move(deal));
        return deals_.size() - 1;
    }
    void prove(DealId id, SectorNumber sector) {
        const Lock lock(mutex_);
        deals_.at(id).state = {sector, epoch_, kEpochUndefined, kEpochUndefined};
    }
    void jump_to(ChainEpoch epoch) {
        const Lock lock(mutex_);
        epoch_ = epoch;
    }
    /// How often AddBalance was executed, and what the escrow has in all.
    std::size_t deposits() const {
        const Lock lock(mutex_);
        return deposits_;
    }
    TokenAmount escrow() const {
        const Lock lock(mutex_);
        return escrow_;
    }

  private:
    Json deal_json(DealId id) const STRATA_REQUIRES(mutex_) { return api::Printer('t')(deals_.at(id)); }

    void next_epoch() STRATA_REQUIRES(mutex_) {
        ++epoch_;
        if (holds_) return;
        for (const auto& [cid, message] : pool_) {
            if (message.message.nonce != nonce_) continue;
            ++nonce_;
            ++deposits_;
            escrow_ += message.message.value;
            balance_ -= message.message.value;
            executed_[cid] = epoch_;
        }
        pool_.clear();
    }

    Json result(const std::string& method, const Json& params) STRATA_REQUIRES(mutex_) {
        if (method == "ChainHead") {
            next_epoch();
            return {{"Height", epoch_}};
        }
        if (method == "ChainGetGenesis") return {{"Cids", {{{"/", Cid::hash_of(Codec::raw, {}).to_string()}}}}};
        if (method == "StateNetworkName") return "test";
        if (method == "WalletDefaultAddress") return kWallet;
        if (method == "WalletHas") return params[0] == kWallet;
        if (method == "WalletList") return {kWallet, kFaucet};
        if (method == "WalletBalance") return params[0] == kWallet ? balance_.to_string() : fil(50).to_string();
        if (method == "StateLookupID") return "t01004";
        if (method == "StateMarketBalance") return {{"Escrow", escrow_.to_string()}, {"Locked", locked_.to_string()}};
        if (method == "WalletSign") return signature();
        if (method == "WalletSignMessage") return {{"Message", params[1]}, {"Signature", signature()}};
        if (method == "GasEstimateMessageGas") {
            auto out = params[0];
            out["GasLimit"] = 1000;
            out["GasFeeCap"] = "100";
            return out;
        }
        if (method == "MpoolGetNonce") return nonce_;
        if (method == "MpoolPush") {
            SignedMessage message;
            EXPECT_TRUE(api::read(params[0], message));
            const auto cid = message.cid();
            const bool is_refused = !refusal_.empty();
            if (!executed_.contains(cid) && (!is_refused || takes_refused_)) pool_[cid] = message;
            if (is_refused) return Json::value_t::discarded;
            return {{"/", cid.to_string()}};
        }
        if (method == "StateSearchMsg") {
            Cid cid;
            EXPECT_TRUE(api::read(params[1], cid));
            if (!executed_.contains(cid)) return pool_.contains(cid) ? Json() : Json(Json::value_t::discarded);
            return {{"Height", executed_[cid]}, {"Receipt", {{"ExitCode", 0}}}};
        }
        if (method == "StateGetActor") return {{"Nonce", nonce_}};
        if (method == "StateDealProviderCollateralBounds") return {{"Min", "1000"}, {"Max", "2000"}};
        if (method == "StateMinerInfo") return {{"SectorSize", 2048}, {"Multiaddrs", announced_}};
        if (method == "StateListMiners") return {"t01000"};
        if (method == "StateMarketDeals") {
            Json out = Json::object();
            for (DealId id = 0; id < deals_.size(); ++id) out[std::to_string(id)] = deal_json(id);
            return out;
        }
        if (method == "StateMarketStorageDeal" && params[0].get<DealId>() < deals_.size())
            return deal_json(params[0].get<DealId>());
        return Json::value_t::discarded;
    }
    /// Returns Lotus' words for a thing that is not on the test's network (chain/stmgr/searchwait.go,
    /// chain/stmgr/actors.go).
    std::string nothing(const std::string& method, const Json& params) const STRATA_REQUIRES(mutex_) {
        if (method == "StateSearchMsg") return "failed to load message";
        if (method == "StateMarketStorageDeal") return "deal " + params[0].dump() + " not found";
        if (method == "MpoolPush") return refusal_;
        return method + " has nothing";
    }
    static Json signature() { return {{"Type", 1}, {"Data", to_base64(Bytes(65, 7))}}; }

    http::Response answer(const http::Request& request) {
        const auto call = Json::parse(as_text(request.body));
        const auto method = call["method"].get<std::string>().substr(std::string("Filecoin.").size());
        const Lock lock(mutex_);
        ++calls_[method];
        Json out{{"jsonrpc", "2.0"}, {"id", call["id"]}};
        auto found = result(method, call["params"]);
        if (found.is_discarded()) {
            out["error"] = {{"code", 1}, {"message", nothing(method, call["params"])}};
        } else {
            out["result"] = std::move(found);
        }
        return http::json_response(200, out.dump());
    }

    mutable Mutex mutex_;
    ChainEpoch epoch_ STRATA_GUARDED_BY(mutex_) = 100;
    bool holds_ STRATA_GUARDED_BY(mutex_) = false;
    std::string refusal_ STRATA_GUARDED_BY(mutex_);
    bool takes_refused_ STRATA_GUARDED_BY(mutex_) = false;
    Json announced_ STRATA_GUARDED_BY(mutex_);
    std::map<std::string, std::size_t> calls_ STRATA_GUARDED_BY(mutex_);
    TokenAmount balance_ STRATA_GUARDED_BY(mutex_) = fil(10);
    TokenAmount escrow_ STRATA_GUARDED_BY(mutex_), locked_ STRATA_GUARDED_BY(mutex_);
    Nonce nonce_ STRATA_GUARDED_BY(mutex_) = 0;
    std::size_t deposits_ STRATA_GUARDED_BY(mutex_) = 0;
    std::map<Cid, SignedMessage> pool_ STRATA_GUARDED_BY(mutex_);
    std::map<Cid, ChainEpoch> executed_ STRATA_GUARDED_BY(mutex_);
    std::vector<actors::market::Deal> deals_ STRATA_GUARDED_BY(mutex_);
    std::unique_ptr<http::Server> server_;
};

class ScriptedProvider {
  public:
    ScriptedProvider(ScriptedNode& node, const std::filesystem::path& folder)
        : node_(node), pieces_(std::move(retrieval::PieceStore::open(folder, records_).value())) {
        server_ = std::move(http::Server::start("127.0.0.1", 0, [this](const http::Request& request) {
                                return answer(request);
                            }).value());
    }
    std::string url() const { return server_->url(); }
    std::size_t proposals() const {
        const Lock lock(mutex_);
        return deals_.size();
    }
    /// From now on every proposal is refused with this sentence; empty: taken again.
    void refuse(std::string why) {
        const Lock lock(mutex_);
        refusal_ = std::move(why);
    }
    /// From now on every question about a deal is answered so; 0: as usual.
    void answer_about_deals(unsigned status, std::string text) {
        const Lock lock(mutex_);
        odd_status_ = status;
        odd_text_ = std::move(text);
    }
    /// How often it was asked for its terms.
    std::size_t asks() const {
        const Lock lock(mutex_);
        return asks_;
    }
    /// Gives all deals up.
    void give_up(std::string why) {
        const Lock lock(mutex_);
        for (auto& [cid, deal] : deals_) deal.failure = why;
    }
    /// Whether the data's deals are published, and published deals proven.
    void let_publish(bool publishes) {
        const Lock lock(mutex_);
        publishes_ = publishes;
    }
    void let_prove(bool proves) {
        const Lock lock(mutex_);
        proves_ = proves;
    }

  private:
    struct Deal {
        market::DealRequest request;
        std::string stage = "accepted";
        std::string failure;
        DealId id = 0;
    };

    http::Response answer(const http::Request& request) {
        if (retrieval::Retrieval::serves(request.path)) return retrieval::Retrieval(*pieces_).handle(request);
        const Lock lock(mutex_);
        if (request.path == "/market/ask") {
            ++asks_;
            return json(200, {{"Miner", "t01000"},
                              {"PricePerGiBEpoch", "10000000000000000"},
                              {"MaxPieceSize", 2048},
                              {"LeastLead", 200}});
        }
        if (odd_status_ != 0) return http::text_response(odd_status_, odd_text_);
        if (request.path == "/market/deals") {
            if (!refusal_.empty()) return http::text_response(400, refusal_);
            Deal deal;
            deal.request = from_cbor<market::DealRequest>(request.body).value();
            const auto cid = market::proposal_cid(deal.request.deal.proposal);
            deals_.try_emplace(cid, deal);
            return json(202, {{"Proposal", cid.to_string()}});
        }
        std::string name = request.path.substr(std::string("/market/deals/").size());
        const bool is_data = name.ends_with("/data");
        if (is_data) name.resize(name.size() - std::string("/data").size());
        const auto found = deals_.find(Cid::parse(name).value());
        if (found == deals_.end()) return http::text_response(404, "there is no deal " + name);
        auto& deal = found->second;
        if (is_data) {
            const auto& terms = deal.request.deal.proposal;
            EXPECT_TRUE(
                pieces_->add({terms.piece_size, terms.piece_cid}, deal.request.data_size, memory_source(request.body)));
            deal.stage = "received";
            return http::text_response(200, "data accepted");
        }
        advance(deal);
        const bool on_chain = deal.stage == "sealing";
        return json(200, {{"Stage", deal.failure.empty() ? deal.stage : "failed"},
                          {"DealID", on_chain ? Json(deal.id) : Json()},
                          {"Sector", nullptr},
                          {"PublishMessage", nullptr},
                          {"Failure", deal.failure}});
    }
    void advance(Deal& deal) STRATA_REQUIRES(mutex_) {
        if (deal.stage == "received" && publishes_ && deal.failure.empty()) {
            deal.id = node_.publish(deal.request.deal.proposal);
            deal.stage = "sealing";
        } else if (deal.stage == "sealing" && proves_) {
            node_.prove(deal.id, 7);
        }
    }
    static http::Response json(unsigned status, const Json& value) { return http::json_response(status, value.dump()); }

    ScriptedNode& node_;
    store::MemoryKeyValue records_;
    std::unique_ptr<retrieval::PieceStore> pieces_;
    mutable Mutex mutex_;
    std::map<Cid, Deal> deals_ STRATA_GUARDED_BY(mutex_);
    std::string refusal_ STRATA_GUARDED_BY(mutex_), odd_text_ STRATA_GUARDED_BY(mutex_);
    unsigned odd_status_ STRATA_GUARDED_BY(mutex_) = 0;
    std::size_t asks_ STRATA_GUARDED_BY(mutex_) = 0;
    bool publishes_ STRATA_GUARDED_BY(mutex_) = true;
    bool proves_ STRATA_GUARDED_BY(mutex_) = true;
    std::unique_ptr<http::Server> server_;
};

/// A client with a file, before a node and a provider.
class StorageNetwork : public ::testing::Test {
  protected:
    void SetUp() override {
        write("file", "a file that is worth keeping");
        search_.urls = {provider_.url()};
    }
    void write(const std::string& name, std::string_view content) const {
        std::ofstream(path(name), std::ios::binary) << content;
    }
    std::filesystem::path path(const std::string& name) const { return temp_ / name; }
    std::string content(const std::string& name) const {
        std::ifstream in(path(name), std::ios::binary);
        return std::string(std::istreambuf_iterator<char>(in), {});
    }

    Result<PutRecord> put(PutOptions options = {.wait = true}) {
        if (options.file.empty()) options.file = path("file");
        options.patience = {std::chrono::seconds(5), std::chrono::milliseconds(1)};
        facts_.clear();
        return put_file(place(), options);
    }
    /// Ends the put when what it waits for has this text.
    Result<PutRecord> put_until(const std::string& awaited, PutOptions options = {.wait = true}) {
        stop_ = false;
        stop_at_ = awaited;
        auto out = put(std::move(options));
        stop_at_.clear();
        stop_ = false;
        return out;
    }
    PutPlace place() {
        return {calls_,
                folder_,
                search_,
                [this](std::string_view name, std::string_view value) {
                    facts_ += std::string(name) + " " + std::string(value) + "\n";
                },
                {[this](std::string_view step, double) {
                     if (!stop_at_.empty() && step.find(stop_at_) != std::string_view::npos) stop_ = true;
                 },
                 &stop_}};
    }

    strata::testing::TempFolder temp_;
    ScriptedNode node_;
    ScriptedProvider provider_{node_, temp_ / "pieces"};
    api::Client client_{node_.url()};
    NodeCalls calls_{client_, 't'};
    PutFolder folder_{temp_ / "files"};
    ProviderSearch search_;
    std::string facts_, stop_at_;
    std::atomic<bool> stop_ = false;
};

}  // namespace strata::client::testing

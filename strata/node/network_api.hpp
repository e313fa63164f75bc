#pragma once
// A node's network as its API shows it: the methods Net* and ID. Thread-safe.
#include <strata/api/network.hpp>
#include <strata/api/network_usage.hpp>
#include <strata/base/mutex.hpp>
#include <strata/node/network.hpp>

namespace strata::node {

class NetworkApi final : public api::Network, public api::NetworkUsage {
  public:
    /// `network` must outlive this.
    explicit NetworkApi(node::Network& network) : network_(network) {}

    api::PeerAddresses self() override;
    std::vector<api::PeerAddresses> peers() override;
    Status connect(const api::PeerAddresses& peer) override;
    Status disconnect(const std::string& peer) override;
    Result<api::PeerAddresses> find_peer(const std::string& peer) override;
    Result<api::PeerDetails> details(const std::string& peer) override;
    api::Connectedness connectedness(const std::string& peer) override;
    Result<std::chrono::nanoseconds> ping(const std::string& peer) override;
    api::Bandwidth bandwidth() override;
    std::map<std::string, api::Bandwidth> bandwidth_by_peer() override;
    std::map<std::string, api::Bandwidth> bandwidth_by_protocol() override;
    std::vector<api::PubsubScore> pubsub_scores() override;
    Status protect(const std::vector<std::string>& peers) override;
    Status unprotect(const std::vector<std::string>& peers) override;
    std::vector<std::string> protected_peers() override;
    /// Errors: invalid_argument for an address or subnet that cannot be read; then nothing is blocked.
    Status block(const api::BlockList& added) override;
    Status unblock(const api::BlockList& removed) override;
    api::BlockList blocked() override;
    Result<api::NetworkUse> use() override;
    api::ScopeLimit limit(Scope scope) override;

  private:
    Result<PeerInfo> find(const std::string& peer);

    node::Network& network_;
};

}  // namespace strata::node

#include <strata/client/providers.hpp>

#include <algorithm>
#include <set>

#include <strata/net/multiaddr.hpp>

namespace strata::client {
namespace {

/// How many miners are looked up on the chain if the person named none.
constexpr std::size_t kMaxMiners = 100;

/// How many addresses of one miner are asked: a miner that announces very many must not hold up a search.
constexpr std::size_t kMaxAddresses = 4;

class Search {
  public:
    Search(NodeCalls& node, const std::optional<Address>& miner, const Watch& watch)
        : node_(node), miner_(miner), watch_(watch) {}

    /// `must`: a URL without this provider is complained of.
    Status ask(const std::string& url, bool must) {
        if (!asked_.insert(url).second) return {};
        STRATA_OK(watch_.at("the provider at " + url + " is asked", 0));
        auto terms = market::MarketClient::ask(url);
        // Among the nodes of a local network are some without a market.
        if (!terms && !must && terms.error().code() == Errc::not_found) return {};
        if (!terms) return complain(url, terms.error().message());
        if (miner_ && terms->miner != *miner_) {
            if (!must) return {};
            return complain(url,
                            "it is the provider of " + node_.text(terms->miner) + ", expected " + node_.text(*miner_));
        }
        if (!has(terms->miner)) found.providers.push_back({url, std::move(*terms)});
        return {};
    }
    Status ask_chain(const Address& miner) {
        STRATA_TRY(const auto addresses, node_.multiaddrs(miner));
        std::size_t count = 0;
        for (const auto& bytes : addresses) {
            const auto url = http_url(bytes);
            if (!url || has(miner)) continue;
            if (++count > kMaxAddresses)
                return complain(node_.text(miner),
                                "of the addresses that it announced, " + std::to_string(kMaxAddresses) + " were asked");
            STRATA_OK(ask(*url, true));
        }
        if (count == 0 && miner_) return complain(node_.text(miner), "it announced no HTTP address on the chain");
        return {};
    }

    FoundProviders found;

  private:
    Status complain(const std::string& who, const std::string& why) {
        found.complaints.push_back(who + ": " + why);
        return {};
    }
    bool has(const Address& miner) const {
        return std::ranges::any_of(found.providers, [&](const auto& one) { return one.terms.miner == miner; });
    }

    NodeCalls& node_;
    const std::optional<Address>& miner_;
    const Watch& watch_;
    std::set<std::string> asked_;
};

}  // namespace

Result<FoundProviders> find_providers(NodeCalls& node, const ProviderSearch& search,
                                      const std::optional<Address>& miner, const Watch& watch) {
    Search out(node, miner, watch);
    for (const auto& url : search.urls) STRATA_OK(out.ask(url, search.named));
    if (!search.named && out.found.providers.empty()) {
        if (miner) {
            STRATA_OK(out.ask_chain(*miner));
        } else {
            STRATA_TRY(auto miners, node.miners());
            miners.resize(std::min(miners.size(), kMaxMiners));
            for (const auto& one : miners) STRATA_OK(out.ask_chain(one));
        }
    }
    std::ranges::sort(out.found.providers, [](const Provider& a, const Provider& b) {
        const auto order = a.terms.ask.price_per_gib_epoch <=> b.terms.ask.price_per_gib_epoch;
        return order == 0 ? a.terms.miner < b.terms.miner : order < 0;
    });
    return std::move(out.found);
}

Result<std::string> find_again(NodeCalls& node, const ProviderSearch& search, const Address& miner,
                               const std::string& url, const Watch& watch) {
    STRATA_OK(watch.at("the provider at " + url + " is asked", 0));
    if (const auto terms = market::MarketClient::ask(url); terms && terms->miner == miner) return url;
    STRATA_TRY(const auto found, find_providers(node, search, miner, watch));
    return found.providers.empty() ? std::string() : found.providers.front().url;
}

std::optional<std::string> http_url(BytesView multiaddr) {
    const auto address = net::Multiaddr::from_bytes(multiaddr);
    if (!address || address->parts().size() < 3) return std::nullopt;
    const auto last = address->parts().back().protocol;
    if (last != net::Protocol::http && last != net::Protocol::https) return std::nullopt;
    // /HOST-PROTOCOL/HOST/tcp/PORT/…
    const auto text = address->to_string();
    const auto host = text.find('/', 1);
    const auto tcp = text.find("/tcp/", host);
    if (host == std::string::npos || tcp == std::string::npos) return std::nullopt;
    std::string name = text.substr(host + 1, tcp - host - 1);
    if (name.find(':') != std::string::npos) name = "[" + name + "]";
    const auto port = tcp + 5;
    const bool is_secure = last == net::Protocol::https || text.find("/tls/") != std::string::npos;
    return (is_secure ? "https://" : "http://") + name + ":" + text.substr(port, text.find('/', port) - port);
}

Result<Bytes> http_multiaddr(const std::string& url) {
    const auto bad = [&] {
        return fail(Errc::invalid_argument, url + ": expected http://HOST:PORT or https://HOST:PORT without a path");
    };
    const bool is_secure = url.starts_with("https://");
    if (!is_secure && !url.starts_with("http://")) return bad();
    std::string host = url.substr(is_secure ? 8 : 7);
    const auto colon = host.rfind(':');
    if (colon == std::string::npos || colon == 0) return bad();
    const auto port = host.substr(colon + 1);
    host.resize(colon);
    std::string kind = "/dns/";
    if (host.starts_with('[') && host.ends_with(']')) {
        host = host.substr(1, host.size() - 2);
        kind = "/ip6/";
    } else if (host.find_first_not_of("0123456789.") == std::string::npos) {
        kind = "/ip4/";
    }
    const auto address = net::Multiaddr::parse(kind + host + "/tcp/" + port + (is_secure ? "/https" : "/http"));
    if (!address || port.find_first_not_of("0123456789") != std::string::npos) return bad();
    return address->bytes();
}

}  // namespace strata::client

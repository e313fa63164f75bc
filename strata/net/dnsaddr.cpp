#include <strata/net/dnsaddr.hpp>

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>

#include <deque>

namespace strata::net {
namespace {

constexpr std::size_t kMaxAddresses = 64;
constexpr int kMaxLookups = 8;
constexpr std::size_t kMaxAnswer = 65'535;  // bytes; what TCP can carry
constexpr std::size_t kMaxName = 253;       // RFC 1035 §2.3.4, in text
constexpr std::string_view kRecordPrefix = "dnsaddr=";

/// The state of a resolver of its own, so that threads do not share one.
class Resolver {
  public:
    explicit Resolver(std::optional<TestDnsServer> server) : is_ready_(res_ninit(&state_) == 0) {
        if (!is_ready_) return;
        constexpr int kSeconds = 3;
        state_.retrans = kSeconds;
        state_.retry = 2;
        if (!server) return;
        state_.nscount = 1;
        state_.nsaddr_list[0] = {};
        state_.nsaddr_list[0].sin_family = AF_INET;
        state_.nsaddr_list[0].sin_port = htons(server->port);
        state_.nsaddr_list[0].sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    }
    Resolver(const Resolver&) = delete;
    Resolver& operator=(const Resolver&) = delete;
    ~Resolver() {
        if (is_ready_) res_nclose(&state_);
    }

    /// Returns the answer as it came.
    Result<Bytes> ask(const std::string& name) {
        if (!is_ready_) return fail(Errc::io, "the system's resolver cannot be used");
        Bytes out(kMaxAnswer);
        const int size = res_nquery(&state_, name.c_str(), ns_c_in, ns_t_txt, out.data(), static_cast<int>(out.size()));
        if (size < 0 && (state_.res_h_errno == HOST_NOT_FOUND || state_.res_h_errno == NO_DATA))
            return fail(Errc::not_found, "DNS has no TXT record of " + name);
        if (size < 0) return fail(Errc::io, "DNS gives no answer about " + name + ": " + hstrerror(state_.res_h_errno));
        out.resize(std::min(static_cast<std::size_t>(size), out.size()));
        return out;
    }

  private:
    struct __res_state state_{};
    const bool is_ready_;
};

/// Joins the texts of a TXT record, each of which has its length before it (RFC 1035 §3.3.14).
std::string text_of(const ns_rr& record) {
    std::string out;
    BytesView rest(ns_rr_rdata(record), ns_rr_rdlen(record));
    while (!rest.empty()) {
        const std::size_t size = std::min<std::size_t>(rest[0], rest.size() - 1);
        out += as_text(rest.subspan(1, size));
        rest = rest.subspan(1 + size);
    }
    return out;
}

std::string name_of(const Multiaddr& address) {
    return std::string(as_text(address.parts().front().value));
}

}  // namespace

Result<std::vector<std::string>> txt_records(const std::string& name, std::optional<TestDnsServer> server) {
    if (name.empty() || name.size() > kMaxName || name.contains('\0'))
        return fail(Errc::malformed, "\"" + name.substr(0, kMaxName) + "\" cannot be a name of DNS");
    STRATA_TRY(const auto answer, Resolver(server).ask(name));
    ns_msg message;
    if (ns_initparse(answer.data(), static_cast<int>(answer.size()), &message) != 0)
        return fail(Errc::malformed, "the answer of DNS about " + name + " cannot be read");
    std::vector<std::string> out;
    for (int i = 0; i < ns_msg_count(message, ns_s_an); ++i) {
        ns_rr record;
        if (ns_parserr(&message, ns_s_an, i, &record) != 0)
            return fail(Errc::malformed, "the answer of DNS about " + name + " cannot be read");
        if (ns_rr_type(record) == ns_t_txt) out.push_back(text_of(record));
    }
    return out;
}

bool is_dnsaddr(const Multiaddr& address) {
    return !address.empty() && address.parts().front().protocol == Protocol::dnsaddr;
}

Result<std::vector<Multiaddr>> resolve_dnsaddr(const Multiaddr& address, const TxtLookup& lookup) {
    if (!is_dnsaddr(address))
        return fail(Errc::invalid_argument, address.to_string() + " does not begin with /dnsaddr");
    const auto peer = address.peer();
    std::vector<Multiaddr> out;
    std::deque<std::string> names{name_of(address)};
    for (int i = 0; i < kMaxLookups && !names.empty(); ++i) {
        const auto records = lookup("_dnsaddr." + names.front());
        names.pop_front();
        if (!records && i == 0) return records.error();
        if (!records) continue;
        for (const auto& record : *records) {
            if (!record.starts_with(kRecordPrefix)) continue;
            auto found = Multiaddr::parse(std::string_view(record).substr(kRecordPrefix.size()));
            if (!found || (peer && found->peer() != peer)) continue;
            if (is_dnsaddr(*found)) {
                names.push_back(name_of(*found));
            } else if (out.size() < kMaxAddresses) {
                out.push_back(std::move(*found));
            }
        }
    }
    return out;
}

}  // namespace strata::net

#include <strata/net/name_lookup.hpp>

#include <netdb.h>
#include <netinet/in.h>

#include <thread>

namespace strata::net {
namespace {

struct FreeAddresses {
    void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};

Bytes ip_of(const addrinfo& entry) {
    const auto* const bytes =
        entry.ai_family == AF_INET
            ? reinterpret_cast<const std::uint8_t*>(&reinterpret_cast<const sockaddr_in*>(entry.ai_addr)->sin_addr)
            : reinterpret_cast<const std::uint8_t*>(&reinterpret_cast<const sockaddr_in6*>(entry.ai_addr)->sin6_addr);
    return {bytes, bytes + (entry.ai_family == AF_INET ? sizeof(in_addr) : sizeof(in6_addr))};
}

}  // namespace

Result<std::vector<Bytes>> ip_addresses(const std::string& host) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_ADDRCONFIG;
    addrinfo* list = nullptr;
    const int failure = ::getaddrinfo(host.c_str(), nullptr, &hints, &list);
    const std::unique_ptr<addrinfo, FreeAddresses> owner(list);
    if (failure != 0)
        return fail(failure == EAI_NONAME ? Errc::not_found : Errc::io,
                    "no address of " + host + " was found: " + ::gai_strerror(failure));
    std::vector<Bytes> out;
    for (const auto* entry = list; entry != nullptr; entry = entry->ai_next)
        if (entry->ai_family == AF_INET || entry->ai_family == AF_INET6) out.push_back(ip_of(*entry));
    return out;
}

void run_apart(std::function<void()> work) {
    std::thread(std::move(work)).detach();
}

}  // namespace strata::net

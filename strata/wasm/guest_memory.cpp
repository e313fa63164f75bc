#include <strata/wasm/guest_memory.hpp>

namespace strata::wasm {
namespace {

// The reference's CIDs hold at most this many bytes of digest.
constexpr std::size_t kMaxDigest = 64;

vm::SyscallFailure illegal(std::string message) {
    return vm::syscall_error(vm::ErrorNumber::illegal_argument, std::move(message));
}

}  // namespace

vm::Syscall<Cid> GuestMemory::cid(std::uint32_t at) const {
    if (at > all_.size()) return illegal("the CID at " + std::to_string(at) + " lies outside the memory");
    BytesView rest = all_.subspan(at);
    // No CID is longer, and the rest of the memory may be.
    rest = rest.first(std::min(rest.size(), Cid::kMaxSize));
    const auto cid = Cid::take(rest);
    if (!cid) return illegal("there is no valid CID at " + std::to_string(at) + ": " + cid.error().message());
    if (cid->digest().size() > kMaxDigest)
        return illegal("the digest of the CID has " + std::to_string(cid->digest().size()) +
                       " bytes, expected at most " + std::to_string(kMaxDigest));
    return *cid;
}

vm::Syscall<std::uint32_t> GuestMemory::write_cid(const Cid& cid, std::uint32_t at, std::uint32_t length) const {
    STRATA_TRY(const auto out, range(at, length));
    const auto bytes = cid.bytes();
    if (bytes.size() > out.size())
        return vm::syscall_error(vm::ErrorNumber::buffer_too_small,
                                 "the buffer for a CID has " + std::to_string(out.size()) +
                                     " bytes, expected at least " + std::to_string(bytes.size()));
    std::ranges::copy(bytes, out.begin());
    return static_cast<std::uint32_t>(bytes.size());
}

vm::Syscall<Address> GuestMemory::address(std::uint32_t at, std::uint32_t length) const {
    STRATA_TRY(const auto bytes, range(at, length));
    const auto address = Address::from_bytes(bytes);
    if (!address) return illegal(address.error().message());
    if (!has_delegated_ && address->protocol() == Address::Protocol::delegated)
        return illegal("there are no addresses of protocol 4 yet, but the actor gave " + address->to_string());
    return *address;
}

}  // namespace strata::wasm

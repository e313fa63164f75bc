#pragma once
// The memory of the guest as the host functions see it during one host call: every access is checked against its end.
// Source: ref-fvm fvm/src/syscalls/context.rs.
#include <strata/vm/kernel.hpp>

namespace strata::wasm {

class GuestMemory {
  public:
    /// `has_delegated`: there are addresses of protocol 4 (vm/generation.hpp).
    explicit GuestMemory(std::span<std::uint8_t> all, bool has_delegated = true)
        : all_(all), has_delegated_(has_delegated) {}

    std::size_t size() const { return all_.size(); }
    /// Returns `length` bytes at `at`. Errors: illegal_argument if they are not all inside the memory.
    vm::Syscall<std::span<std::uint8_t>> range(std::uint32_t at, std::uint32_t length) const {
        if (std::uint64_t{at} + length > all_.size())
            return vm::syscall_error(vm::ErrorNumber::illegal_argument,
                                     "the buffer at " + std::to_string(at) + " with " + std::to_string(length) +
                                         " bytes exceeds the memory of " + std::to_string(all_.size()) + " bytes");
        return all_.subspan(at, length);
    }
    /// Reads a CID, which may end anywhere in the memory. Errors: illegal_argument.
    vm::Syscall<Cid> cid(std::uint32_t at) const;
    /// Writes a CID and returns its length. Errors: illegal_argument; buffer_too_small.
    vm::Syscall<std::uint32_t> write_cid(const Cid& cid, std::uint32_t at, std::uint32_t length) const;
    vm::Syscall<Address> address(std::uint32_t at, std::uint32_t length) const;
    /// Decodes a value that a built-in actor encoded. Errors: illegal_argument.
    template <class T>
    vm::Syscall<T> cbor(std::uint32_t at, std::uint32_t length) const {
        STRATA_TRY(const auto bytes, range(at, length));
        auto value = from_cbor<T>(bytes, CborRules::reference);
        if (!value) return vm::syscall_error(vm::ErrorNumber::illegal_argument, value.error().message());
        return std::move(*value);
    }

  private:
    std::span<std::uint8_t> all_;
    bool has_delegated_;
};

}  // namespace strata::wasm

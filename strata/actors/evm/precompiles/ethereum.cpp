// Source: builtin-actors actors/evm/src/interpreter/precompiles/evm.rs; EIP-152, EIP-198.
#include <strata/actors/evm/abi.hpp>
#include <strata/actors/evm/precompiles/precompiles.hpp>
#include <strata/base/pow_mod.hpp>
#include <strata/crypto/blake2.hpp>
#include <strata/vm/gas.hpp>

namespace strata::actors::evm::precompiles {
namespace {

ActorResult<Bytes> hash(const PrecompileCall& call, HashCode code, BytesView data) {
    auto& rt = call.system.rt();
    return rt.unwrap(rt.kernel().hash(code, data), ExitCode::assertion_failed, "hash");
}

/// The order of secp256k1's group.
constexpr U256 kSecp256k1Order({0xbfd25e8cd0364141, 0xbaaedce6af48a03b, 0xfffffffffffffffe, 0xffffffffffffffff});

bool in_group_range(const U256& value) {
    return !value.is_zero() && value < kSecp256k1Order;
}

// Returns the uncompressed key; empty if there is none for this input.
ActorResult<std::optional<ByteArray<65>>> recovered_key(const PrecompileCall& call) {
    using Key = std::optional<ByteArray<65>>;
    AbiReader reader(call.input);
    const Hash256 digest = reader.word();
    const auto recovery = reader.u8();
    const U256 r = reader.number();
    const U256 s = reader.number();
    if ((recovery != 27 && recovery != 28) || !in_group_range(r) || !in_group_range(s)) return Key{};
    ByteArray<65> signature;
    r.store_be(signature.data());
    s.store_be(signature.data() + 32);
    signature[64] = static_cast<std::uint8_t>(*recovery - 27);
    auto key = call.system.rt().kernel().recover_secp_public_key(digest, signature);
    if (key) return Key(*key);
    // An error number is the kernel's answer that no key can be recovered.
    if (key.error().kind == vm::SyscallFailure::Kind::number) return Key{};
    return Runtime::abort_for(key.error(), {}, "recovery");
}

}  // namespace

// For wrong input the answer is empty, and the call succeeds.
PrecompileResult ecrecover(const PrecompileCall& call) {
    STRATA_TRY(const auto key, recovered_key(call));
    if (!key) return Bytes{};
    STRATA_TRY(Bytes address, hash(call, HashCode::keccak_256, BytesView(*key).subspan(1)));
    std::ranges::fill(std::span(address).first(12), std::uint8_t{0});
    return address;
}

PrecompileResult sha256(const PrecompileCall& call) {
    STRATA_TRY(Bytes digest, hash(call, HashCode::sha2_256, call.input));
    return digest;
}

PrecompileResult ripemd160(const PrecompileCall& call) {
    STRATA_TRY(const Bytes digest, hash(call, HashCode::ripemd_160, call.input));
    Bytes out(12, 0);
    append(out, digest);
    return out;
}

PrecompileResult identity(const PrecompileCall& call) {
    STRATA_OK(call.meter.charge(call.input.size() * costs::kByteCopied));
    return to_bytes(call.input);
}

namespace {

// Reads a number of `size` bytes. Bytes behind the end of the input are zero.
ActorResult<BigInt> read_big(const PrecompileCall& call, AbiReader& reader, std::uint32_t size) {
    const BytesView there = reader.take(size);
    BigInt value = BigInt::from_be(there);
    const std::uint64_t missing = size - there.size();
    // The official actor computes the shift in 32 bits, and an overflow is an assertion.
    if (missing * 8 > UINT32_MAX) return panic("a number of MODEXP lacks " + std::to_string(missing) + " bytes");
    if (value.is_zero()) return value;
    STRATA_OK(call.meter.allocate(size, missing));
    return std::move(value) << static_cast<unsigned>(missing * 8);
}

// The work of the school method: a product of the modulus' size for each bit of the exponent, and the reduction of the
// base.
std::uint64_t modexp_cost(const BigInt& base, const BigInt& exponent, const BigInt& modulus) {
    const auto words = [](const BigInt& value) -> std::uint64_t { return value.bit_length() / 64 + 1; };
    const std::uint64_t square = vm::saturating_mul(words(modulus), words(modulus));
    const std::uint64_t reduction = vm::saturating_mul(words(base), words(modulus));
    const std::uint64_t products = vm::saturating_mul(square, 2 * exponent.bit_length() + 2);
    return vm::saturating_mul(vm::saturating_add(products, reduction), costs::kModexpStep);
}

}  // namespace

PrecompileResult modexp(const PrecompileCall& call) {
    AbiReader reader(call.input);
    const auto base_size = reader.u32();
    if (!base_size) return std::nullopt;
    const auto exponent_size = reader.u32();
    if (!exponent_size) return std::nullopt;
    const auto modulus_size = reader.u32();
    if (!modulus_size) return std::nullopt;
    if (*base_size == 0 && *modulus_size == 0) return Bytes{};
    STRATA_TRY(const BigInt base, read_big(call, reader, *base_size));
    STRATA_TRY(const BigInt exponent, read_big(call, reader, *exponent_size));
    STRATA_TRY(const BigInt modulus, read_big(call, reader, *modulus_size));
    STRATA_OK(call.meter.allocate(*modulus_size, *modulus_size));
    Bytes out(*modulus_size, 0);
    // Modulo 0 the result is defined as 0.
    if (modulus <= BigInt(1)) return out;
    STRATA_OK(call.meter.charge(modexp_cost(base, exponent, modulus)));
    const Bytes digits = pow_mod(base, exponent, modulus).magnitude_be();
    std::ranges::copy(digits, out.end() - std::ssize(digits));
    return out;
}

PrecompileResult blake2f(const PrecompileCall& call) {
    // rounds (4) || h (64) || m (128) || t (16) || last (1); the words are little-endian.
    constexpr std::size_t kSize = 213;
    const BytesView input = call.input;
    if (input.size() != kSize || input.back() > 1) return std::nullopt;
    const auto rounds = load_be<std::uint32_t>(input.data());
    STRATA_OK(call.meter.charge(rounds * costs::kBlake2Round));
    const std::uint8_t* at = input.data() + 4;
    const auto read = [&](auto& words) {
        for (auto& word : words) {
            word = load_le<std::uint64_t>(at);
            at += 8;
        }
    };
    std::array<std::uint64_t, 8> h;
    std::array<std::uint64_t, 16> m;
    std::array<std::uint64_t, 2> t;
    read(h);
    read(m);
    read(t);
    crypto::blake2b_compress(h, m, t, input.back() == 1, rounds);
    Bytes out(64);
    for (std::size_t i = 0; i < h.size(); ++i) store_le(out.data() + 8 * i, h[i]);
    return out;
}

}  // namespace strata::actors::evm::precompiles

#pragma once
// Takes the place of BLS on one thread, for simulations that run many nodes in it. Nothing else may use this: a node
// must never take a signature that it did not verify.
#include <functional>
#include <map>

#include <strata/crypto/bls.hpp>

namespace strata::crypto::bls {

/// While an object lives, the functions of bls.hpp ask it first, on its thread only. At most one for a thread
/// (checked).
class Substitute {
  public:
    enum class Kind : std::uint8_t {
        remembered,  // the real functions, but nothing is verified twice
        stub,        // signatures are hashes, which anybody can make
    };
    explicit Substitute(Kind kind);
    Substitute(const Substitute&) = delete;
    Substitute& operator=(const Substitute&) = delete;
    ~Substitute();

    /// Returns the object of this thread; null if there is none.
    static Substitute* of_thread();

    bool is_stub() const { return kind_ == Kind::stub; }
    Signature sign(const PrivateKey& key, const std::function<PublicKey()>& public_key, BytesView message);
    static swapped::Signature sign_swapped(const swapped::PublicKey& public_key, BytesView message);
    static Signature aggregate(std::span<const Signature> signatures);
    /// Answers whether the signature is one over all pairs. `verify` does what this object takes the place of.
    bool verify(std::span<const Signed> pairs, BytesView signature, const std::function<bool()>& verify);

  private:
    static constexpr std::size_t kMostAnswers = 1 << 20;

    const Kind kind_;
    std::map<PrivateKey, PublicKey> keys_;
    std::map<Hash256, bool> answers_;
};

}  // namespace strata::crypto::bls

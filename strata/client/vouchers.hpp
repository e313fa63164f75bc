#pragma once
// Vouchers of payment channels: their text, what a channel still takes, and those that this client made or was given.
// Source: docs/protocol/fvm.md §8.12, docs/protocol/node.md (payment channels); lotus cli/paych.go, paychmgr.
#include <filesystem>
#include <map>

#include <strata/actors/paych/state.hpp>

namespace strata::client {

using actors::paych::SignedVoucher;

/// Returns the text that Lotus prints: the voucher's CBOR in URL-safe base64 without padding.
std::string voucher_text(const SignedVoucher& voucher);
/// Reads it. Errors: invalid_argument.
Result<SignedVoucher> parse_voucher(std::string_view text);

/// A channel as the chain has it at some epoch.
struct Channel {
    actors::paych::State state;
    TokenAmount balance;
    std::map<std::uint64_t, actors::paych::LaneState> lanes;
    ChainEpoch epoch = 0;

    bool is_settled() const { return state.settling_at != 0 && epoch >= state.settling_at; }
    /// Returns what a lane has paid so far; 0 for one that the chain does not know.
    TokenAmount redeemed(std::uint64_t lane) const;
    std::uint64_t nonce(std::uint64_t lane) const;
};

/// Checks that the channel would redeem the voucher now, but for its signature, secret, and the call that it may
/// demand. Errors: verification, with the reason.
Status check_voucher(const Channel& channel, const SignedVoucher& voucher);

/// Returns the next voucher of a lane without a signature: it promises `total` on this lane, with all that was promised
/// on it before. `made` are the vouchers so far. Errors: verification if that is not more than before, or if the
/// channel has not enough for all lanes.
Result<SignedVoucher> next_voucher(const Channel& channel, const std::vector<SignedVoucher>& made,
                                   const Address& address, std::uint64_t lane, const TokenAmount& total);

/// Returns for each lane the voucher with the highest amount that the channel would redeem now.
std::vector<SignedVoucher> best_vouchers(const Channel& channel, const std::vector<SignedVoucher>& all);

/// The channels and vouchers of one client. Its folder belongs to one network; several processes may use it.
class VoucherBook {
  public:
    explicit VoucherBook(std::filesystem::path folder) : folder_(std::move(folder)) {}

    /// Errors: malformed, naming the file; io.
    Result<std::vector<Address>> channels() const;
    /// Returns the vouchers of a channel, ordered by lane and nonce. Errors: malformed; io.
    Result<std::vector<SignedVoucher>> of(const Address& channel) const;
    /// Remembers a channel without vouchers. Errors: io, no_space, busy.
    Status add(const Address& channel) const;
    /// Adds the voucher that `make` makes of those so far, while no other process can. The voucher is durable when this
    /// returns. Returns false if the same voucher was there. Errors: those of `make`; verification if the lane has a
    /// different voucher with this nonce; busy; io.
    Result<bool> add(const Address& channel,
                     const std::function<Result<SignedVoucher>(const std::vector<SignedVoucher>&)>& make) const;

  private:
    std::filesystem::path file_of(const Address& channel) const;

    std::filesystem::path folder_;
};

}  // namespace strata::client

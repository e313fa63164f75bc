// SPDX-License-Identifier: Apache-2.0 OR MIT
pragma solidity 0.8.28;

/// Takes and gives FIL.
contract Vault {
    event Received(address indexed from, uint256 amount);

    address public immutable owner;

    constructor() payable {
        owner = msg.sender;
    }

    receive() external payable {
        emit Received(msg.sender, msg.value);
    }

    function pay(address payable to, uint256 amount) external {
        require(msg.sender == owner, "only the owner pays");
        (bool done, bytes memory reason) = to.call{value: amount}("");
        if (!done) {
            assembly {
                revert(add(reason, 32), mload(reason))
            }
        }
    }

    function send(address payable to, uint256 amount) external returns (bool) {
        return to.send(amount);
    }

    function balance() external view returns (uint256) {
        return address(this).balance;
    }

    function balanceOf(address of_) external view returns (uint256) {
        return of_.balance;
    }
}

/// Has no way to take FIL but its constructor.
contract Closed {
    uint256 public constant open = 0;
}

// SPDX-License-Identifier: Apache-2.0 OR MIT
pragma solidity 0.8.28;

import {Token} from "../src/Token.sol";

interface Vm {
    function startBroadcast() external;
    function stopBroadcast() external;
}

/// `forge script --broadcast`: deploys a token, sends some of it and some money.
contract Deploy {
    bool public IS_SCRIPT = true;
    Vm private constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
    address payable private constant receiver = payable(0x00000000000000000000000000000000DeaDBeef);

    function run() external returns (address) {
        vm.startBroadcast();
        Token token = new Token("My token", "MTK", 1000);
        token.transfer(receiver, 7);
        (bool done,) = receiver.call{value: 5}("");
        require(done, "the money was not sent");
        vm.stopBroadcast();
        require(token.balanceOf(receiver) == 7, "the token was not sent");
        return address(token);
    }
}
